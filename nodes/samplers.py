"""Nodes that choose a sampler and its options, for the nodes of custom sampling."""

from typing import Annotated

from diffusion.names import SAMPLER_NAMES
from graph.decorator import node
from graph.errors import NodeInputError
from graph.sockets import Boolean, Combo, Float, Int
from nodes.types import Model, Sampler

_CATEGORY = "sampling/custom_sampling/samplers"

Eta = Annotated[float, Float(0.0, 100.0, step=0.01, round=False)]
NoiseScale = Annotated[float, Float(0.0, 100.0, step=0.01, round=False)]
Tolerance = Annotated[float, Float(0.0, 100.0, step=0.01, round=False)]
NoiseDevice = Annotated[str, Combo(("gpu", "cpu"))]


@node("KSamplerSelect", category=_CATEGORY)
def k_sampler_select(sampler_name: Annotated[str, Combo(SAMPLER_NAMES)]) -> Sampler:
    """Choose a sampler by its name.

    Args:
        sampler_name: The way from noise to picture.
    """
    from diffusion.samplers.choice import choose

    return choose(sampler_name)


@node("SamplerEulerAncestral", category=_CATEGORY)
def sampler_euler_ancestral(eta: Eta = 1.0, s_noise: NoiseScale = 1.0) -> Sampler:
    """Euler's method with fresh noise at each step.

    Args:
        eta: How much of each step's noise is fresh; 0 is plain Euler.
        s_noise: Factor of the fresh noise.
    """
    from diffusion.samplers.choice import choose

    return choose("euler_ancestral", eta=eta, s_noise=s_noise)


@node(
    "SamplerEulerAncestralCFGPP",
    category=_CATEGORY,
    display_name="SamplerEulerAncestralCFG++",
)
def sampler_euler_ancestral_cfg_pp(
    eta: Annotated[float, Float(0.0, 1.0, step=0.01, round=False)] = 1.0,
    s_noise: Annotated[float, Float(0.0, 10.0, step=0.01, round=False)] = 1.0,
) -> Sampler:
    """Euler's method with fresh noise at each step, guided as CFG++ does.

    Args:
        eta: How much of each step's noise is fresh; 0 is plain Euler.
        s_noise: Factor of the fresh noise.
    """
    from diffusion.samplers.choice import choose

    return choose("euler_ancestral_cfg_pp", eta=eta, s_noise=s_noise)


@node(
    "SamplerEulerCFGpp",
    category="_for_testing",
    display_name="SamplerEulerCFG++",
    experimental=True,
)
def sampler_euler_cfg_pp(
    version: Annotated[str, Combo(("regular", "alternative"))],
) -> Sampler:
    """Euler's method, guided as CFG++ does.

    Args:
        version: regular is the published method; alternative is not offered here.
    """
    from diffusion.samplers.choice import choose

    if version != "regular":
        raise NodeInputError(
            f"input 'version': '{version}' is published nowhere and not offered; choose 'regular'"
        )
    return choose("euler_cfg_pp")


@node("SamplerLMS", category=_CATEGORY)
def sampler_lms(order: Annotated[int, Int(1, 100)] = 4) -> Sampler:
    """Linear multistep: each step also looks back at those before it.

    Args:
        order: At how many steps it looks; more than 4 seldom helps.
    """
    from diffusion.samplers.choice import choose

    return choose("lms", order=order)


@node("SamplerDPMPP_2S_Ancestral", category=_CATEGORY)
def sampler_dpmpp_2s_ancestral(eta: Eta = 1.0, s_noise: NoiseScale = 1.0) -> Sampler:
    """DPM-Solver++ of second order, single step, with fresh noise at each step.

    Args:
        eta: How much of each step's noise is fresh.
        s_noise: Factor of the fresh noise.
    """
    from diffusion.samplers.choice import choose

    return choose("dpmpp_2s_ancestral", eta=eta, s_noise=s_noise)


@node("SamplerDPMPP_SDE", category=_CATEGORY)
def sampler_dpmpp_sde(
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
    r: Annotated[float, Float(0.0, 100.0, step=0.01, round=False)] = 0.5,
    *,
    noise_device: NoiseDevice,
) -> Sampler:
    """DPM-Solver++ on the stochastic equation, second order, two model calls a step.

    Args:
        eta: How stochastic it is.
        s_noise: Factor of the fresh noise.
        r: Where in the step the model is asked a second time.
        noise_device: Of no effect here: noise is always drawn on the CPU.
    """
    from diffusion.samplers.choice import choose

    if r <= 0.0:
        raise NodeInputError(f"input 'r': the share of a step lies above 0, but {r} came")
    return choose(_by_device("dpmpp_sde", noise_device), eta=eta, s_noise=s_noise, r=r)


@node("SamplerDPMPP_2M_SDE", category=_CATEGORY)
def sampler_dpmpp_2m_sde(
    solver_type: Annotated[str, Combo(("midpoint", "heun"))],
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
    *,
    noise_device: NoiseDevice,
) -> Sampler:
    """DPM-Solver++ on the stochastic equation, second order multistep.

    Args:
        solver_type: How the second order term is integrated.
        eta: How stochastic it is; 0 is the ordinary equation.
        s_noise: Factor of the fresh noise.
        noise_device: Of no effect here: noise is always drawn on the CPU.
    """
    from diffusion.samplers.choice import choose

    name = _by_device("dpmpp_2m_sde", noise_device)
    return choose(name, eta=eta, s_noise=s_noise, correction=solver_type)


@node("SamplerDPMPP_3M_SDE", category=_CATEGORY)
def sampler_dpmpp_3m_sde(
    eta: Eta = 1.0, s_noise: NoiseScale = 1.0, *, noise_device: NoiseDevice
) -> Sampler:
    """DPM-Solver++ on the stochastic equation, third order multistep.

    Args:
        eta: How stochastic it is; 0 is the ordinary equation.
        s_noise: Factor of the fresh noise.
        noise_device: Of no effect here: noise is always drawn on the CPU.
    """
    from diffusion.samplers.choice import choose

    return choose(_by_device("dpmpp_3m_sde", noise_device), eta=eta, s_noise=s_noise)


@node("SamplerDPMAdaptative", category=_CATEGORY)
def sampler_dpm_adaptive(
    order: Annotated[int, Int(2, 3)] = 3,
    rtol: Tolerance = 0.05,
    atol: Tolerance = 0.0078,
    h_init: Tolerance = 0.05,
    pcoeff: Tolerance = 0.0,
    icoeff: Tolerance = 1.0,
    dcoeff: Tolerance = 0.0,
    accept_safety: Tolerance = 0.81,
    eta: Eta = 0.0,
    s_noise: NoiseScale = 1.0,
) -> Sampler:
    """DPM-Solver that chooses its own steps, by how wrong they seem to be.

    Args:
        order: Of the method.
        rtol: How wrong a step may be, as a share of the latent's values.
        atol: How wrong it may be absolutely.
        h_init: Width of the first step, in ln sigma.
        pcoeff: What the last error counts for in the next step's width.
        icoeff: What the errors together count for.
        dcoeff: What the change of the error counts for.
        accept_safety: How far the width may have to shrink before a step is done again.
        eta: How much of each step's noise is fresh.
        s_noise: Factor of the fresh noise.
    """
    from diffusion.samplers.choice import choose

    return choose(
        "dpm_adaptive",
        order=order,
        rtol=rtol,
        atol=atol,
        h_init=h_init,
        pcoeff=pcoeff,
        icoeff=icoeff,
        dcoeff=dcoeff,
        accept_safety=accept_safety,
        eta=eta,
        s_noise=s_noise,
    )


@node("SamplerER_SDE", category=_CATEGORY)
def sampler_er_sde(
    solver_type: Annotated[str, Combo(("ER-SDE", "Reverse-time SDE", "ODE"))],
    max_stage: Annotated[int, Int(1, 3)] = 3,
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
) -> Sampler:
    """Solver of the extended reverse-time equation.

    Args:
        solver_type: Which equation: the extended one, the usual stochastic one, or the ordinary
            one, without noise.
        max_stage: Its highest order.
        eta: How stochastic the usual one is.
        s_noise: Factor of the fresh noise.
    """
    from diffusion.samplers.choice import choose

    if solver_type == "ER-SDE":
        return choose("er_sde", max_stage=max_stage, s_noise=s_noise)
    if solver_type == "ODE" or eta == 0.0:
        return choose("er_sde", max_stage=max_stage, s_noise=0.0, power=1.0)
    return choose("er_sde", max_stage=max_stage, s_noise=s_noise, power=1.0 + eta)


@node("SamplerSASolver", category=_CATEGORY)
def sampler_sa_solver(
    model: Model,
    eta: Annotated[float, Float(0.0, 10.0, step=0.01, round=False)] = 1.0,
    sde_start_percent: Annotated[float, Float(0.0, 1.0, step=0.001)] = 0.2,
    sde_end_percent: Annotated[float, Float(0.0, 1.0, step=0.001)] = 0.8,
    s_noise: NoiseScale = 1.0,
    predictor_order: Annotated[int, Int(1, 6)] = 3,
    corrector_order: Annotated[int, Int(0, 6)] = 4,
    *,
    use_pece: Annotated[bool, Boolean()],
    simple_order_2: Annotated[bool, Boolean()],
) -> Sampler:
    """Stochastic Adams solver: predicts each step from several before it, then corrects it.

    Args:
        model: Tells which noise levels the percentages are.
        eta: How stochastic the stochastic steps are.
        sde_start_percent: After which share of the way steps become stochastic.
        sde_end_percent: After which share they cease to be.
        s_noise: Factor of the fresh noise.
        predictor_order: At how many steps the prediction looks.
        corrector_order: At how many the correction looks; 0 is no correction.
        use_pece: Ask the model again after each correction.
        simple_order_2: Use simpler weights where the order is 2.
    """
    from diffusion.samplers.choice import choose

    levels = model.parameterisation.levels
    return choose(
        "sa_solver",
        pece=use_pece,
        eta=eta,
        stochastic=(levels.sigma_at(sde_start_percent), levels.sigma_at(sde_end_percent)),
        s_noise=s_noise,
        predictor_order=predictor_order,
        corrector_order=corrector_order,
        simple_order_2=simple_order_2,
    )


def _by_device(name: str, noise_device: str) -> str:
    """The name that files know a sampler by whose noise is drawn on the GPU; it does the same."""
    return f"{name}_gpu" if noise_device == "gpu" else name
