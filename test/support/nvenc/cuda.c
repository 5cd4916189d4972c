/* Test double of libcuda.so.1: one device, whose memory is the host's. See README.md. */
#include <ffnvcodec/dynlink_cuda.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_DEVICE ((CUresult)100)

static int fails(const char *how) {
    const char *asked = getenv("NVENC_DOUBLE_FAIL");
    return asked != NULL && strcmp(asked, how) == 0;
}

CUresult cuInit(unsigned flags) { return fails("cuinit") ? NO_DEVICE : CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int *count) { *count = fails("no-device") ? 0 : 1; return CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice *device, int ordinal) { *device = ordinal; return CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) { *value = 64; return CUDA_SUCCESS; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) { strncpy(name, "TEST DOUBLE of readybench", (size_t)length); return CUDA_SUCCESS; }
CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) { *major = 8; *minor = 9; return CUDA_SUCCESS; }

static int context;
CUresult cuCtxCreate_v2(CUcontext *made, unsigned flags, CUdevice device) { *made = (CUcontext)&context; return CUDA_SUCCESS; }
CUresult cuCtxPopCurrent_v2(CUcontext *popped) { if (popped != NULL) *popped = (CUcontext)&context; return CUDA_SUCCESS; }
CUresult cuDevicePrimaryCtxRetain(CUcontext *made, CUdevice device) { *made = (CUcontext)&context; return CUDA_SUCCESS; }
CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) { *flags = 0; *active = 1; return CUDA_SUCCESS; }
CUresult cuCtxGetDevice(CUdevice *device) { *device = 0; return CUDA_SUCCESS; }

CUresult cuMemAlloc_v2(CUdeviceptr *memory, size_t bytes) { *memory = (CUdeviceptr)(uintptr_t)calloc(1, bytes); return CUDA_SUCCESS; }
CUresult cuMemAllocPitch_v2(CUdeviceptr *memory, size_t *pitch, size_t width, size_t height, unsigned element) {
    *pitch = (width + 255) & ~(size_t)255;
    return cuMemAlloc_v2(memory, *pitch * height);
}
CUresult cuMemFree_v2(CUdeviceptr memory) { free((void *)(uintptr_t)memory); return CUDA_SUCCESS; }

static uint8_t *from(CUmemorytype kind, const void *host, CUdeviceptr device) {
    return kind == CU_MEMORYTYPE_HOST ? (uint8_t *)host : (uint8_t *)(uintptr_t)device;
}
CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D *copy) {
    const uint8_t *source = from(copy->srcMemoryType, copy->srcHost, copy->srcDevice) + copy->srcY * copy->srcPitch + copy->srcXInBytes;
    uint8_t *target = from(copy->dstMemoryType, copy->dstHost, copy->dstDevice) + copy->dstY * copy->dstPitch + copy->dstXInBytes;
    for (size_t line = 0; line < copy->Height; line++) memcpy(target + line * copy->dstPitch, source + line * copy->srcPitch, copy->WidthInBytes);
    return CUDA_SUCCESS;
}
CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *copy, CUstream stream) { return cuMemcpy2D_v2(copy); }

CUresult cuGetErrorName(CUresult error, const char **name) { *name = error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_UNKNOWN"; return CUDA_SUCCESS; }
CUresult cuGetErrorString(CUresult error, const char **text) { *text = error == NO_DEVICE ? "no CUDA-capable device is detected" : "unknown error"; return CUDA_SUCCESS; }

/* All that ffmpeg looks for when it loads the library and does not use here. */
#define UNUSED(name) CUresult name(void) { return CUDA_SUCCESS; }
UNUSED(cuCtxSetLimit) UNUSED(cuCtxPushCurrent_v2) UNUSED(cuCtxDestroy_v2) UNUSED(cuMemAllocManaged) UNUSED(cuMemsetD8Async)
UNUSED(cuMemcpy) UNUSED(cuMemcpyAsync) UNUSED(cuMemcpyHtoD_v2) UNUSED(cuMemcpyHtoDAsync_v2) UNUSED(cuMemcpyDtoH_v2)
UNUSED(cuMemcpyDtoHAsync_v2) UNUSED(cuMemcpyDtoD_v2) UNUSED(cuMemcpyDtoDAsync_v2) UNUSED(cuDevicePrimaryCtxRelease)
UNUSED(cuDevicePrimaryCtxSetFlags) UNUSED(cuDevicePrimaryCtxReset) UNUSED(cuStreamCreate) UNUSED(cuStreamQuery)
UNUSED(cuStreamSynchronize) UNUSED(cuStreamDestroy_v2) UNUSED(cuStreamAddCallback) UNUSED(cuEventCreate) UNUSED(cuEventDestroy_v2)
UNUSED(cuEventSynchronize) UNUSED(cuEventQuery) UNUSED(cuEventRecord) UNUSED(cuLaunchKernel) UNUSED(cuLinkCreate) UNUSED(cuLinkAddData)
UNUSED(cuLinkComplete) UNUSED(cuLinkDestroy) UNUSED(cuModuleLoadData) UNUSED(cuModuleUnload) UNUSED(cuModuleGetFunction)
UNUSED(cuModuleGetGlobal) UNUSED(cuTexObjectCreate) UNUSED(cuTexObjectDestroy) UNUSED(cuGLGetDevices_v2)
UNUSED(cuGraphicsGLRegisterImage) UNUSED(cuGraphicsUnregisterResource) UNUSED(cuGraphicsMapResources) UNUSED(cuGraphicsUnmapResources)
UNUSED(cuGraphicsSubResourceGetMappedArray) UNUSED(cuGraphicsResourceGetMappedPointer_v2) UNUSED(cuArray3DCreate_v2) UNUSED(cuArrayDestroy)
