from pathlib import Path

import torch

from training.autoencoder import build_autoencoder, encode, signal_to_noise
from training.decoder import DecoderRecipe, refine_decoder
from training.examples import picture_bytes
from training.scenes import training_scenes


def test_only_the_decoder_changes_and_it_gets_better(tmp_path: Path) -> None:
    pictures = picture_bytes(training_scenes(8, seed=1))
    autoencoder = build_autoencoder()
    before = {name: weight.clone() for name, weight in autoencoder.state_dict().items()}
    quality = signal_to_noise(autoencoder, pictures)
    latents = encode(autoencoder, pictures)

    recipe = DecoderRecipe(steps=12, batch=4)
    refine_decoder(autoencoder, latents, pictures, recipe, tmp_path / "decoder.pt")

    after = autoencoder.state_dict()
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert {name.split(".")[0] for name in changed} == {"decoder", "post_quant_conv"}
    assert signal_to_noise(autoencoder, pictures) > quality + 1.0
    assert torch.equal(encode(autoencoder, pictures), latents)
