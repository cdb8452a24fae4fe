import numpy as np

from training.examples import picture_bytes, token_ids
from training.scenes import training_scenes


def test_pictures_keep_their_order_and_colours() -> None:
    scenes = training_scenes(4, seed=6)
    pictures = picture_bytes(scenes)
    assert pictures.shape == (4, 3, 64, 64)
    assert np.array_equal(pictures[2].permute(1, 2, 0).numpy(), scenes[2].picture())


def test_captions_become_chunks_of_seventy_seven_tokens() -> None:
    tokens = token_ids(["a red circle on a blue background", ""])
    assert tokens.shape == (2, 77)
    assert tokens[0, :9].tolist() == [49406, 320, 736, 7117, 525, 320, 1746, 5994, 49407]
    assert tokens[1].tolist() == [49406] + [49407] * 76


def test_every_word_of_every_caption_is_one_token() -> None:
    captions = [scene.caption for scene in training_scenes(500, seed=6)]
    for caption, ids in zip(captions, token_ids(captions), strict=True):
        assert int((ids < 49406).sum()) == len(caption.split())
