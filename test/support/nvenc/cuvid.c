/* Test double of libnvcuvid.so.1: a decoder whose pictures are a grey that grows lighter. See README.md. */
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>
#include <ffnvcodec/dynlink_nvcuvid.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    size_t pitch, lines;
    uint8_t *surfaces[64];
    unsigned pictures;
} Decoder;

CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS *caps) {
    const char *asked = getenv("NVENC_DOUBLE_FAIL");
    caps->bIsSupported = asked == NULL || strcmp(asked, "no-decoder") != 0;
    caps->nMaxWidth = caps->nMaxHeight = 4096;
    caps->nMinWidth = caps->nMinHeight = 16;
    caps->nMaxMBCount = 65536;
    return CUDA_SUCCESS;
}
CUresult cuvidCreateDecoder(CUvideodecoder *made, CUVIDDECODECREATEINFO *info) {
    Decoder *decoder = calloc(1, sizeof(Decoder));
    decoder->pitch = (info->ulTargetWidth + 255) & ~255ul;
    decoder->lines = info->ulTargetHeight;
    for (int at = 0; at < 64; at++) decoder->surfaces[at] = calloc(1, decoder->pitch * decoder->lines * 3 / 2 + decoder->pitch);
    *made = (CUvideodecoder)decoder;
    return CUDA_SUCCESS;
}
CUresult cuvidDestroyDecoder(CUvideodecoder handle) {
    Decoder *decoder = handle;
    for (int at = 0; at < 64; at++) free(decoder->surfaces[at]);
    free(decoder);
    return CUDA_SUCCESS;
}
CUresult cuvidDecodePicture(CUvideodecoder handle, CUVIDPICPARAMS *picture) {
    Decoder *decoder = handle;
    const char *us = getenv("NVENC_DOUBLE_DECODE_US");
    if (us != NULL) usleep((useconds_t)atoi(us));
    memset(decoder->surfaces[picture->CurrPicIdx & 63], (int)(64 + decoder->pictures++ % 128), decoder->pitch * decoder->lines * 3 / 2);
    return CUDA_SUCCESS;
}
CUresult cuvidMapVideoFrame64(CUvideodecoder handle, int index, unsigned long long *memory, unsigned *pitch, CUVIDPROCPARAMS *params) {
    Decoder *decoder = handle;
    *memory = (unsigned long long)(uintptr_t)decoder->surfaces[index & 63];
    *pitch = (unsigned)decoder->pitch;
    return CUDA_SUCCESS;
}

#define UNUSED(name) CUresult name(void) { return CUDA_SUCCESS; }
UNUSED(cuvidUnmapVideoFrame64) UNUSED(cuvidGetDecodeStatus) UNUSED(cuvidReconfigureDecoder) UNUSED(cuvidCtxLockCreate)
UNUSED(cuvidCtxLockDestroy) UNUSED(cuvidCtxLock) UNUSED(cuvidCtxUnlock) UNUSED(cuvidCreateVideoSource) UNUSED(cuvidCreateVideoSourceW)
UNUSED(cuvidDestroyVideoSource) UNUSED(cuvidSetVideoSourceState) UNUSED(cuvidGetVideoSourceState) UNUSED(cuvidGetSourceVideoFormat)
UNUSED(cuvidGetSourceAudioFormat) UNUSED(cuvidCreateVideoParser) UNUSED(cuvidParseVideoData) UNUSED(cuvidDestroyVideoParser)
