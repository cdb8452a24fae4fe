"""From drawn scenes to the checkpoint: the stages in order, each resuming where it was stopped.

A later stage first asks the earlier one for its result, which is there at once if it was finished
before. What a run needs to go on lies in its output folder: `autoencoder.pt`, `denoiser.pt` and
`decoder.pt`.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from diffusers import AutoencoderKL
from torch import Tensor

from training.autoencoder import (
    AutoencoderRecipe,
    LatentStatistics,
    encode,
    latent_statistics,
    signal_to_noise,
    train_autoencoder,
)
from training.decoder import DecoderRecipe, refine_decoder
from training.denoiser import Denoiser, DenoiserRecipe, Examples, train_denoiser
from training.examples import picture_bytes, token_ids
from training.export import StarterParts, export, fit_previews
from training.scenes import Scene, training_scenes

# Enough pictures for the fit of the preview colours and for the measure of the autoencoder.
SAMPLE = 512


@dataclass
class Stages:
    """One training run.

    Attributes:
        folder: Where the run is kept.
        scenes_count: How many scenes are drawn.
        autoencoder_recipe: Of the first stage.
        denoiser_recipe: Of the second.
        decoder_recipe: Of the third.
    """

    folder: Path
    scenes_count: int
    autoencoder_recipe: AutoencoderRecipe
    denoiser_recipe: DenoiserRecipe
    decoder_recipe: DecoderRecipe

    @cached_property
    def scenes(self) -> list[Scene]:
        """The training scenes."""
        return training_scenes(self.scenes_count, self.autoencoder_recipe.seed)

    @cached_property
    def pictures(self) -> Tensor:
        """Their pictures as bytes, [N, 3, 64, 64]."""
        return picture_bytes(self.scenes)

    @cached_property
    def autoencoder(self) -> AutoencoderKL:
        """The trained autoencoder."""
        return train_autoencoder(
            self.pictures, self.autoencoder_recipe, self.folder / "autoencoder.pt"
        )

    @cached_property
    def latents(self) -> Tensor:
        """The pictures' latents in the autoencoder's own units, [N, 4, 8, 8]."""
        return encode(self.autoencoder, self.pictures)

    @cached_property
    def statistics(self) -> LatentStatistics:
        """Where those latents lie."""
        return latent_statistics(self.latents)

    @cached_property
    def denoiser(self) -> Denoiser:
        """The trained network and text encoder."""
        examples = Examples(
            self.statistics.normalise(self.latents),
            token_ids([scene.caption for scene in self.scenes]),
            token_ids([""])[0],
        )
        return train_denoiser(examples, self.denoiser_recipe, self.folder / "denoiser.pt")

    @cached_property
    def refined(self) -> AutoencoderKL:
        """The autoencoder with its decoder trained on; changes what `autoencoder` holds."""
        refine_decoder(
            self.autoencoder,
            self.latents,
            self.pictures,
            self.decoder_recipe,
            self.folder / "decoder.pt",
        )
        return self.autoencoder

    def export(self, path: Path) -> None:
        """Write the checkpoint."""
        latents = self.statistics.normalise(self.latents[:SAMPLE])
        previews = fit_previews(latents, self.pictures[:SAMPLE])
        parts = StarterParts(self.refined, self.denoiser, self.statistics, previews, self.trained)
        export(parts, path)

    @cached_property
    def trained(self) -> dict[str, object]:
        """Figures of the run, for the file's metadata."""
        quality = signal_to_noise(self.refined, self.pictures[:SAMPLE])
        first, second, third = self.autoencoder_recipe, self.denoiser_recipe, self.decoder_recipe
        return {
            "scenes": self.scenes_count,
            "seed": first.seed,
            "autoencoder_pictures": first.steps * first.batch,
            "denoiser_samples": second.steps * second.batch,
            "decoder_pictures": third.steps * third.batch,
            "psnr_db": round(quality, 2),
        }
