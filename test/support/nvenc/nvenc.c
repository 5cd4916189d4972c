/* Test double of libnvidia-encode.so.1 over the writer of h264.h. See README.md. */
#include <ffnvcodec/nvEncodeAPI.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>
#include "h264.h"

typedef struct { H264 video; int lock; const char *said; } Session;
typedef struct { uint8_t *data; int pitch, height; NV_ENC_BUFFER_FORMAT format; int owned; } Input;
typedef struct { Bits bits; int key; uint64_t time; } Output;

static const char *setting(const char *name) { const char *value = getenv(name); return value == NULL ? "" : value; }
static int fails(const char *how) { return strcmp(setting("NVENC_DOUBLE_FAIL"), how) == 0; }

/* A session is a lock on one of so many files: it goes with its process, however that ends. */
static int takeSession(void) {
    int limit = atoi(setting("NVENC_DOUBLE_SESSIONS"));
    const char *folder = setting("NVENC_DOUBLE_DIR");
    if (limit <= 0 || *folder == 0) return 0;
    for (int at = 0; at < limit; at++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/session-%d", folder, at);
        int file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        if (file < 0) return -1;
        if (flock(file, LOCK_EX | LOCK_NB) == 0) return file;
        close(file);
    }
    return -1;
}

static NVENCSTATUS openSession(NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS *params, void **made) {
    if (fails("unsupported-device")) return NV_ENC_ERR_UNSUPPORTED_DEVICE;
    int lock = takeSession();
    if (lock < 0) return atoi(setting("NVENC_DOUBLE_LIMIT_ERROR")) == 21 ? NV_ENC_ERR_INCOMPATIBLE_CLIENT_KEY : NV_ENC_ERR_OUT_OF_MEMORY;
    Session *session = calloc(1, sizeof(Session));
    session->lock = lock;
    session->said = "";
    *made = session;
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS destroyEncoder(void *handle) {
    Session *session = handle;
    if (session->lock > 0) close(session->lock);
    free(session->video.work.data);
    free(session->video.whole);
    free(session);
    return NV_ENC_SUCCESS;
}
static const char *lastError(void *handle) { return handle == NULL ? "" : ((Session *)handle)->said; }

static NVENCSTATUS guidCount(void *handle, uint32_t *count) { *count = fails("no-codec") ? 0 : 1; return NV_ENC_SUCCESS; }
static NVENCSTATUS guids(void *handle, GUID *list, uint32_t room, uint32_t *count) {
    *count = fails("no-codec") || room == 0 ? 0 : 1;
    if (*count == 1) list[0] = NV_ENC_CODEC_H264_GUID;
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS caps(void *handle, GUID codec, NV_ENC_CAPS_PARAM *asked, int *value) {
    switch (asked->capsToQuery) {
    case NV_ENC_CAPS_WIDTH_MAX: *value = fails("narrow") ? 320 : 4096; break;
    case NV_ENC_CAPS_HEIGHT_MAX: *value = 4096; break;
    case NV_ENC_CAPS_NUM_MAX_BFRAMES: *value = fails("no-bframes") ? 0 : 4; break;
    case NV_ENC_CAPS_SUPPORT_LOOKAHEAD: *value = !fails("no-lookahead"); break;
    case NV_ENC_CAPS_SUPPORT_10BIT_ENCODE: case NV_ENC_CAPS_SUPPORT_YUV444_ENCODE: *value = 0; break;
    default: *value = 1;
    }
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS presetConfig(void *handle, GUID codec, GUID preset, NV_ENC_TUNING_INFO tuning, NV_ENC_PRESET_CONFIG *config) {
    config->presetCfg.version = NV_ENC_CONFIG_VER;
    config->presetCfg.gopLength = 250;
    config->presetCfg.frameIntervalP = 1;
    config->presetCfg.rcParams.version = NV_ENC_RC_PARAMS_VER;
    config->presetCfg.rcParams.rateControlMode = NV_ENC_PARAMS_RC_VBR;
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS initialise(void *handle, NV_ENC_INITIALIZE_PARAMS *params) {
    Session *session = handle;
    if (params->encodeWidth < 145 || params->encodeHeight < 49) {
        session->said = "Frame Dimension less than the minimum supported value.";
        return NV_ENC_ERR_INVALID_PARAM;
    }
    double fps = params->frameRateDen == 0 ? 25 : (double)params->frameRateNum / params->frameRateDen;
    h264Start(&session->video, (int)params->encodeWidth, (int)params->encodeHeight, params->encodeConfig->gopLength, params->encodeConfig->rcParams.averageBitRate / 8.0 / fps);
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS sequenceParams(void *handle, NV_ENC_SEQUENCE_PARAM_PAYLOAD *payload) {
    Bits bits = {0};
    h264Headers(&((Session *)handle)->video, &bits);
    memcpy(payload->spsppsBuffer, bits.data, bits.size);
    *payload->outSPSPPSPayloadSize = (uint32_t)bits.size;
    free(bits.data);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS createInput(void *handle, NV_ENC_CREATE_INPUT_BUFFER *params) {
    Input *input = calloc(1, sizeof(Input));
    input->pitch = ((int)params->width + 63) & ~63;
    input->height = (int)params->height;
    input->format = params->bufferFmt;
    input->owned = 1;
    input->data = calloc(4, (size_t)input->pitch * (size_t)input->height);
    params->inputBuffer = input;
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS destroyInput(void *handle, NV_ENC_INPUT_PTR buffer) {
    Input *input = buffer;
    if (input->owned) free(input->data);
    free(input);
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS lockInput(void *handle, NV_ENC_LOCK_INPUT_BUFFER *params) {
    Input *input = params->inputBuffer;
    params->bufferDataPtr = input->data;
    params->pitch = (uint32_t)input->pitch;
    return NV_ENC_SUCCESS;
}
/* A picture in the memory of the device: what the full GPU path hands over. */
static NVENCSTATUS registerResource(void *handle, NV_ENC_REGISTER_RESOURCE *params) {
    Input *input = calloc(1, sizeof(Input));
    input->data = params->resourceToRegister;
    input->pitch = (int)params->pitch;
    input->height = (int)params->height;
    input->format = params->bufferFormat;
    params->registeredResource = input;
    return NV_ENC_SUCCESS;
}
static NVENCSTATUS mapResource(void *handle, NV_ENC_MAP_INPUT_RESOURCE *params) {
    params->mappedResource = params->registeredResource;
    params->mappedBufferFmt = ((Input *)params->registeredResource)->format;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS createOutput(void *handle, NV_ENC_CREATE_BITSTREAM_BUFFER *params) { params->bitstreamBuffer = calloc(1, sizeof(Output)); return NV_ENC_SUCCESS; }
static NVENCSTATUS destroyOutput(void *handle, NV_ENC_OUTPUT_PTR buffer) { free(((Output *)buffer)->bits.data); free(buffer); return NV_ENC_SUCCESS; }
static NVENCSTATUS lockOutput(void *handle, NV_ENC_LOCK_BITSTREAM *params) {
    Output *output = params->outputBitstream;
    params->bitstreamBufferPtr = output->bits.data;
    params->bitstreamSizeInBytes = (uint32_t)output->bits.size;
    params->outputTimeStamp = output->time;
    params->pictureType = output->key ? NV_ENC_PIC_TYPE_IDR : NV_ENC_PIC_TYPE_P;
    params->frameAvgQP = 26;
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS encode(void *handle, NV_ENC_PIC_PARAMS *params) {
    Session *session = handle;
    if (params->encodePicFlags & NV_ENC_PIC_FLAG_EOS) return NV_ENC_SUCCESS;
    if (session->video.pictures == 9 && fails("encode")) return NV_ENC_ERR_GENERIC;
    if (session->video.pictures == 9 && fails("hang")) for (;;) pause();
    const char *us = setting("NVENC_DOUBLE_FRAME_US");
    if (*us) usleep((useconds_t)atoi(us));
    Input *input = params->inputBuffer;
    Output *output = params->outputBitstream;
    const uint8_t *chroma = input->data + (size_t)input->pitch * (size_t)input->height;
    Picture picture = {input->data, chroma, chroma + 1, input->pitch, input->pitch, 2};
    if (input->format == NV_ENC_BUFFER_FORMAT_YV12) {
        size_t plane = (size_t)(input->pitch / 2) * (size_t)(input->height / 2);
        picture = (Picture){input->data, chroma + plane, chroma, input->pitch, input->pitch / 2, 1};
    }
    output->bits.size = 0;
    output->time = params->inputTimeStamp;
    output->key = h264Picture(&session->video, &picture, &output->bits);
    return NV_ENC_SUCCESS;
}

static NVENCSTATUS nothing(void) { return NV_ENC_SUCCESS; }

NVENCSTATUS NVENCAPI NvEncodeAPIGetMaxSupportedVersion(uint32_t *version) {
    *version = fails("old-driver") ? 8 << 4 : NVENCAPI_MAJOR_VERSION << 4 | NVENCAPI_MINOR_VERSION;
    return NV_ENC_SUCCESS;
}
NVENCSTATUS NVENCAPI NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST *list) {
    list->nvEncOpenEncodeSessionEx = openSession;
    list->nvEncDestroyEncoder = destroyEncoder;
    list->nvEncGetLastErrorString = lastError;
    list->nvEncGetEncodeGUIDCount = guidCount;
    list->nvEncGetEncodeGUIDs = guids;
    list->nvEncGetEncodeCaps = caps;
    list->nvEncGetEncodePresetConfigEx = presetConfig;
    list->nvEncInitializeEncoder = initialise;
    list->nvEncGetSequenceParams = sequenceParams;
    list->nvEncCreateInputBuffer = createInput;
    list->nvEncDestroyInputBuffer = destroyInput;
    list->nvEncLockInputBuffer = lockInput;
    list->nvEncUnlockInputBuffer = (PNVENCUNLOCKINPUTBUFFER)nothing;
    list->nvEncRegisterResource = registerResource;
    list->nvEncUnregisterResource = destroyInput;
    list->nvEncMapInputResource = mapResource;
    list->nvEncUnmapInputResource = (PNVENCUNMAPINPUTRESOURCE)nothing;
    list->nvEncCreateBitstreamBuffer = createOutput;
    list->nvEncDestroyBitstreamBuffer = destroyOutput;
    list->nvEncLockBitstream = lockOutput;
    list->nvEncUnlockBitstream = (PNVENCUNLOCKBITSTREAM)nothing;
    list->nvEncEncodePicture = encode;
    list->nvEncSetIOCudaStreams = (PNVENCSETIOCUDASTREAMS)nothing;
    return NV_ENC_SUCCESS;
}
