"""Models read in another way: what their answers and timesteps then mean."""

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from diffusion.distilled_levels import AngleLevels, DistilledLevels
from diffusion.errors import DiffusionError
from diffusion.model import DiffusionModel
from diffusion.model_sampling import (
    continuous,
    continuous_velocity,
    discrete,
    flux_flow_for,
    shifted_flow,
)
from diffusion.noise_levels import DiscreteLevels, linear_betas, scaled_linear_betas
from diffusion.parameterisation import Parameterisation, Prediction
from diffusion.sampling import sample
from tests.diffusion.formula_model import NEGATIVE, POSITIVE, CountingNetwork, formula_model

X = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
RAW = X.flip(-1)


def _sampled(model: DiffusionModel, **changes: Any) -> Tensor:  # noqa: ANN401 - of `sample`
    options: dict[str, Any] = {
        "seed": 3,
        "steps": 6,
        "cfg": 4.0,
        "sampler": "euler",
        "schedule": "normal",
    }
    latent = {"samples": torch.zeros(1, model.latent_format.channels, 8, 8)}
    return sample(model, POSITIVE, NEGATIVE, latent, **(options | changes))


@pytest.mark.parametrize("sampling", ["eps", "v_prediction"])
def test_a_model_read_as_another_kind_samples_as_one_of_that_kind(sampling: Any) -> None:  # noqa: ANN401
    plain = formula_model("v" if sampling == "eps" else "eps")

    read = discrete(plain, sampling, zero_terminal=False)

    expected = _sampled(formula_model("eps" if sampling == "eps" else "v"))
    assert torch.equal(_sampled(read), expected)
    assert read.network is plain.network
    assert not torch.equal(_sampled(plain), expected)


def test_the_models_own_betas_are_kept() -> None:
    levels = DiscreteLevels(linear_betas())
    model = formula_model().with_sampling(Parameterisation(Prediction.EPS, levels))

    read = discrete(model, "v_prediction", zero_terminal=False)

    assert read.parameterisation.levels == levels


def test_a_flow_model_read_as_a_list_gets_stable_diffusions_betas() -> None:
    read = discrete(formula_model("sd3"), "eps", zero_terminal=False)

    assert read.parameterisation.levels == DiscreteLevels(scaled_linear_betas())
    assert bool(torch.isfinite(_sampled(read)).all())


def test_with_zero_terminal_snr_the_last_level_is_all_but_noise_and_the_first_stays() -> None:
    before = DiscreteLevels(scaled_linear_betas()).table
    after = discrete(formula_model(), "v_prediction", zero_terminal=True).parameterisation

    assert after.sigma_min == pytest.approx(before[0])
    assert after.sigma_max == pytest.approx(math.sqrt(1.0 / 4.8973451890853435e-08), rel=1e-4)
    table = after.levels.table
    assert all(low < high for low, high in pairwise(table))
    # Algorithm 1 of the paper: √ᾱ, shifted and scaled.
    root = 1.0 / torch.tensor(before, dtype=torch.float64).square().add(1.0).sqrt()
    expected = (root - root[-1]) * root[0] / (root[0] - root[-1])
    ours = 1.0 / torch.tensor(table, dtype=torch.float64).square().add(1.0).sqrt()
    torch.testing.assert_close(ours[:-1], expected[:-1], rtol=1e-5, atol=1e-6)


def test_the_picture_itself_may_be_the_answer() -> None:
    model = formula_model()
    scaled = discrete(model, "x0", zero_terminal=False).parameterisation
    unscaled = discrete(model, "img_to_img", zero_terminal=False).parameterisation

    assert torch.equal(scaled.denoised(RAW, X, 3.0), RAW)
    assert torch.equal(unscaled.denoised(RAW, X, 3.0), RAW)
    torch.testing.assert_close(scaled.scale_input(X, 3.0), X / math.sqrt(10.0))
    assert torch.equal(unscaled.scale_input(X, 3.0), X)


class TestConsistency:
    """Models distilled to leap to the picture."""

    SPACE = discrete(formula_model(), "lcm", zero_terminal=False).parameterisation
    WHOLE = DiscreteLevels(scaled_linear_betas())

    def test_every_twentieth_level_is_known_and_told_by_its_timestep(self) -> None:
        assert self.SPACE.levels.table == self.WHOLE.table[19::20]
        assert len(self.SPACE.levels.table) == 50
        for place in (0, 7, 49):
            sigma = self.SPACE.levels.table[place]
            assert self.SPACE.timestep(sigma) == 20 * place + 19
            assert self.SPACE.sigma(20 * place + 19) == pytest.approx(sigma, rel=1e-6)

    def test_levels_between_two_are_interpolated_in_log_space_and_clamped_at_the_ends(self) -> None:
        low, high = (math.log(self.WHOLE.table[place]) for place in (19, 39))

        assert self.SPACE.sigma(29) == pytest.approx(math.exp((low + high) / 2.0), rel=1e-6)
        assert self.SPACE.sigma(0) == pytest.approx(self.SPACE.sigma_min, rel=1e-6)
        assert self.SPACE.sigma(5000) == pytest.approx(self.SPACE.sigma_max, rel=1e-6)

    def test_a_share_of_the_way_is_counted_in_the_whole_lists_timesteps(self) -> None:
        assert self.SPACE.levels.sigma_at(0.5) == self.SPACE.sigma(499.5)
        assert self.SPACE.levels.sigma_at(0.0) == math.inf

    def test_at_much_noise_the_answer_is_the_picture_and_without_noise_it_is_x(self) -> None:
        sigma = self.SPACE.sigma_max
        eps = Parameterisation(Prediction.EPS, self.WHOLE)

        torch.testing.assert_close(
            self.SPACE.denoised(RAW, X, sigma), eps.denoised(RAW, X, sigma), rtol=1e-4, atol=1e-4
        )
        levels = DistilledLevels(scaled_linear_betas(), every=1)
        start = type(self.SPACE)(Prediction.EPS, levels)
        assert torch.equal(start.denoised(RAW, X, levels.table[0]), X)

    def test_the_two_weights_are_those_of_the_paper(self) -> None:
        sigma = self.SPACE.levels.table[1]
        place = 10.0 * 39
        skip, out = 0.25 / (place**2 + 0.25), place / math.sqrt(place**2 + 0.25)

        expected = skip * X + out * (X - sigma * RAW)

        torch.testing.assert_close(self.SPACE.denoised(RAW, X, sigma), expected)


class TestContinuous:
    """Models of any noise level."""

    @pytest.mark.parametrize("sampling", ["eps", "v_prediction", "edm", "edm_playground_v2.5"])
    def test_levels_reach_from_end_to_end_and_are_told_in_logarithms(self, sampling: Any) -> None:  # noqa: ANN401
        space = continuous(formula_model(), sampling, 0.01, 50.0).parameterisation

        assert space.sigma_min == pytest.approx(0.01)
        assert space.sigma_max == pytest.approx(50.0)
        assert space.timestep(1.0) == 0.0
        assert space.timestep(2.0) == pytest.approx(math.log(2.0) / 4.0)

    def test_edm_scales_by_the_deviation_of_pictures(self) -> None:
        space = continuous(formula_model(), "edm", 0.01, 50.0).parameterisation
        sigma, data = 3.0, 0.5
        variance = sigma**2 + data**2

        expected = X * data**2 / variance + RAW * sigma * data / math.sqrt(variance)

        torch.testing.assert_close(space.denoised(RAW, X, sigma), expected)
        torch.testing.assert_close(space.scale_input(X, sigma), X / math.sqrt(variance))

    def test_playgrounds_latents_have_a_mean_and_deviation_by_channel(self) -> None:
        units = continuous(formula_model(), "edm_playground_v2.5", 0.002, 80.0).latent_format
        mean = torch.tensor([-1.6574, 1.886, -1.383, 2.5155]).reshape(1, 4, 1, 1).expand(1, 4, 8, 8)

        assert not bool(units.into_model(mean).any())
        torch.testing.assert_close(units.out_of_model(units.into_model(X)), X)
        one = units.into_model(mean + torch.tensor([8.4927, 0.0, 0.0, 0.0]).reshape(4, 1, 1))
        torch.testing.assert_close(one[:, 0], torch.full((1, 8, 8), 0.5))

    def test_angles_are_told_where_velocities_are_answered(self) -> None:
        space = continuous_velocity(formula_model(), 0.03, 500.0).parameterisation

        assert space.prediction is Prediction.V
        assert space.timestep(1.0) == pytest.approx(0.5)
        assert AngleLevels().sigma(0.5) == pytest.approx(1.0)
        assert bool(torch.isfinite(_sampled(continuous_velocity(formula_model(), 0.03, 500))).all())

    @pytest.mark.parametrize("ends", [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)])
    def test_levels_that_do_not_rise_are_refused(self, ends: tuple[float, float]) -> None:
        with pytest.raises(DiffusionError, match=r"rise from `sigma_min`"):
            continuous(formula_model(), "eps", *ends)
        with pytest.raises(DiffusionError, match=r"rise from `sigma_min`"):
            continuous_velocity(formula_model(), *ends)

    def test_cosmos_is_told_to_be_missing(self) -> None:
        with pytest.raises(DiffusionError, match=r"Cosmos.*choose eps"):
            continuous(formula_model(), "cosmos_rflow", 0.002, 80.0)


class TestFlow:
    """Models that are rectified flows."""

    def test_read_as_sd3_a_model_samples_as_sd3(self) -> None:
        read = shifted_flow(formula_model("flux"), 3.0)

        assert read.parameterisation == formula_model("sd3").parameterisation

    def test_auraflow_is_told_the_level_itself(self) -> None:
        space = shifted_flow(formula_model("sd3"), 1.73, multiplier=1.0).parameterisation

        assert space.timestep(0.25) == 0.25
        assert space.sigma(0.5) == pytest.approx(1.73 * 0.5 / (1.0 + 0.73 * 0.5))
        assert space.sigma_max == 1.0

    @pytest.mark.parametrize(
        ("width", "height", "mu"), [(1024, 1024, 1.15), (256, 256, 0.5), (1024, 512, 0.80333)]
    )
    def test_fluxs_shift_grows_with_the_picture(self, width: int, height: int, mu: float) -> None:
        read = flux_flow_for(
            formula_model("flux"), max_shift=1.15, base_shift=0.5, width=width, height=height
        )

        weight = math.exp(mu)
        assert read.parameterisation.sigma(0.5) == pytest.approx(weight / (weight + 1.0), rel=1e-4)

    def test_a_shift_of_nothing_is_refused(self) -> None:
        with pytest.raises(DiffusionError, match=r"`shift` is more than 0, but 0 came"):
            shifted_flow(formula_model("sd3"), 0.0)


def test_the_network_is_shared_and_the_model_as_it_was() -> None:
    network = CountingNetwork()
    plain = formula_model(network=network)
    before = plain.parameterisation

    patched = shifted_flow(discrete(plain, "lcm", zero_terminal=True), 2.0)

    assert patched.network is network
    assert plain.parameterisation is before
