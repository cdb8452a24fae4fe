"""The configuration beside a checkpoint counts in the key of the node that loads it."""

from graph.context import NodeContext
from nodes.configs import config_of


def test_the_configuration_of_a_checkpoint_is_found_beside_it(context: NodeContext) -> None:
    folder = context.folders.models["checkpoints"][0] / "mine"
    folder.mkdir(parents=True)
    (folder / "x.ckpt").touch()

    assert config_of(context.folders, "mine/x.ckpt") == {}
    (folder / "x.yaml").touch()
    (folder / "y.yaml").touch()
    assert config_of(context.folders, "mine/x.ckpt") == {"x.yaml": folder / "x.yaml"}


def test_of_what_is_not_known_no_configuration_is_known(context: NodeContext) -> None:
    assert config_of(context.folders, None) == {}
    assert config_of(context.folders, "none.ckpt") == {}
