"""The table of samplers by name, and what each needs from whoever drives it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from diffusion.errors import DiffusionError
from diffusion.samplers import (
    ancestral,
    ddpm,
    deis,
    dpm_2,
    dpm_adaptive,
    dpm_solver,
    dpmpp_2m,
    dpmpp_2m_sde,
    dpmpp_2s,
    dpmpp_sde,
    er_sde,
    euler,
    euler_cfg_pp,
    gradient_estimation,
    heun,
    ipndm,
    lcm,
    lms,
    plms,
    res_multistep,
    sa_solver,
    seeds,
    uni_pc,
)
from diffusion.samplers.question import Sampling
from diffusion.suggest import closest


class NoiseKind(Enum):
    """Where a sampler's fresh noise comes from."""

    INDEPENDENT = auto()
    BROWNIAN = auto()


@dataclass(frozen=True)
class Sampler:
    """A sampler and its needs.

    Attributes:
        start: Makes the generator from a noisy latent, a problem and the sampler's own options.
        noise: What fresh noise it draws, if it draws any.
        drops_penultimate: Its schedule is made one step longer, then loses the last level but one,
            which lies too near zero for it.
        redraws_mask_noise: Outside an inpainting mask it sees noise of its own, not the run's.
        stochastic: It adds fresh noise as levels fall, so that it cannot go up.
    """

    start: Callable[..., Sampling]
    noise: NoiseKind = NoiseKind.INDEPENDENT
    drops_penultimate: bool = False
    redraws_mask_noise: bool = False
    stochastic: bool = False


_BROWNIAN = NoiseKind.BROWNIAN

SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        "euler": Sampler(euler.euler),
        "euler_cfg_pp": Sampler(euler_cfg_pp.euler_cfg_pp),
        "euler_ancestral": Sampler(ancestral.euler_ancestral, stochastic=True),
        "euler_ancestral_cfg_pp": Sampler(euler_cfg_pp.euler_ancestral_cfg_pp, stochastic=True),
        "heun": Sampler(heun.heun),
        "heunpp2": Sampler(heun.heunpp2),
        "dpm_2": Sampler(dpm_2.dpm_2, drops_penultimate=True),
        "dpm_2_ancestral": Sampler(dpm_2.dpm_2_ancestral, drops_penultimate=True, stochastic=True),
        "lms": Sampler(lms.lms),
        "dpm_fast": Sampler(dpm_solver.dpm_fast),
        "dpm_adaptive": Sampler(dpm_adaptive.dpm_adaptive),
        "dpmpp_2s_ancestral": Sampler(dpmpp_2s.dpmpp_2s_ancestral, stochastic=True),
        "dpmpp_2s_ancestral_cfg_pp": Sampler(dpmpp_2s.dpmpp_2s_ancestral_cfg_pp, stochastic=True),
        "dpmpp_sde": Sampler(dpmpp_sde.dpmpp_sde, _BROWNIAN, stochastic=True),
        "dpmpp_sde_gpu": Sampler(dpmpp_sde.dpmpp_sde, _BROWNIAN, stochastic=True),
        "dpmpp_2m": Sampler(dpmpp_2m.dpmpp_2m),
        "dpmpp_2m_cfg_pp": Sampler(dpmpp_2m.dpmpp_2m_cfg_pp),
        "dpmpp_2m_sde": Sampler(dpmpp_2m_sde.dpmpp_2m_sde, _BROWNIAN, stochastic=True),
        "dpmpp_2m_sde_gpu": Sampler(dpmpp_2m_sde.dpmpp_2m_sde, _BROWNIAN, stochastic=True),
        "dpmpp_2m_sde_heun": Sampler(dpmpp_2m_sde.dpmpp_2m_sde_heun, _BROWNIAN, stochastic=True),
        "dpmpp_2m_sde_heun_gpu": Sampler(
            dpmpp_2m_sde.dpmpp_2m_sde_heun, _BROWNIAN, stochastic=True
        ),
        "dpmpp_3m_sde": Sampler(dpmpp_2m_sde.dpmpp_3m_sde, _BROWNIAN, stochastic=True),
        "dpmpp_3m_sde_gpu": Sampler(dpmpp_2m_sde.dpmpp_3m_sde, _BROWNIAN, stochastic=True),
        "ddpm": Sampler(ddpm.ddpm, stochastic=True),
        "lcm": Sampler(lcm.lcm, stochastic=True),
        "ipndm": Sampler(ipndm.ipndm),
        "ipndm_v": Sampler(ipndm.ipndm_v),
        "deis": Sampler(deis.deis),
        "res_multistep": Sampler(res_multistep.res_multistep),
        "res_multistep_cfg_pp": Sampler(res_multistep.res_multistep_cfg_pp),
        "res_multistep_ancestral": Sampler(res_multistep.res_multistep_ancestral, stochastic=True),
        "res_multistep_ancestral_cfg_pp": Sampler(
            res_multistep.res_multistep_ancestral_cfg_pp, stochastic=True
        ),
        "gradient_estimation": Sampler(gradient_estimation.gradient_estimation),
        "gradient_estimation_cfg_pp": Sampler(gradient_estimation.gradient_estimation_cfg_pp),
        "er_sde": Sampler(er_sde.er_sde, stochastic=True),
        "seeds_2": Sampler(seeds.seeds_2, stochastic=True),
        "seeds_3": Sampler(seeds.seeds_3, stochastic=True),
        "sa_solver": Sampler(sa_solver.sa_solver, stochastic=True),
        "sa_solver_pece": Sampler(sa_solver.sa_solver_pece, stochastic=True),
        # DDIM with eta 0 is Euler's method; only its inpainting noise differs.
        "ddim": Sampler(euler.euler, redraws_mask_noise=True),
        "uni_pc": Sampler(uni_pc.uni_pc, drops_penultimate=True),
        "uni_pc_bh2": Sampler(uni_pc.uni_pc_bh2, drops_penultimate=True),
        "plms": Sampler(plms.plms),
    }
)


def find_sampler(name: str) -> Sampler:
    """The sampler of this name.

    Raises:
        DiffusionError: There is none; the text names the closest.
    """
    if name not in SAMPLERS:
        raise DiffusionError(f"Unknown sampler '{name}'{closest(name, SAMPLERS)}.")
    return SAMPLERS[name]
