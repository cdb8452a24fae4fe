// @ts-check
/** What people call nodes that are called otherwise. */

/** @type {{readonly [type: string]: string}} */
export const SYNONYMS = {
  CheckpointLoaderSimple: 'model ckpt load checkpoint safetensors sd sdxl',
  CLIPTextEncode: 'prompt text positive negative conditioning',
  KSampler: 'sampler generate denoise diffuse steps',
  KSamplerAdvanced: 'sampler generate denoise steps',
  EmptyLatentImage: 'size resolution width height blank canvas',
  VAEDecode: 'latent to image',
  VAEEncode: 'image to latent img2img',
  VAEEncodeForInpaint: 'image to latent inpaint',
  LoraLoader: 'lora lycoris style',
  LoadImage: 'open picture input photo file',
  LoadImageMask: 'open mask alpha',
  SaveImage: 'output png write export',
  PreviewImage: 'show view output',
  ImageScale: 'resize upscale width height',
  ImageScaleBy: 'resize upscale factor',
  ImageUpscaleWithModel: 'esrgan enlarge super resolution',
  UpscaleModelLoader: 'esrgan enlarge super resolution',
  LatentUpscale: 'hires fix resize enlarge',
  LatentUpscaleBy: 'hires fix resize enlarge',
  ControlNetApplyAdvanced: 'canny depth pose cnet',
  ControlNetLoader: 'canny depth pose cnet',
  CLIPSetLastLayer: 'clip skip',
  ConditioningSetArea: 'regional prompt',
  Note: 'comment text remark',
  MarkdownNote: 'comment text remark documentation',
  Reroute: 'dot wire tidy cable',
  PrimitiveNode: 'number value constant seed string',
};
