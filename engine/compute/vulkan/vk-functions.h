#pragma once

/* Every Vulkan entry point in use, by what it is looked up with. */

#define MG_VK_GLOBAL_FUNCTIONS(X)      \
  X (EnumerateInstanceVersion)         \
  X (EnumerateInstanceLayerProperties) \
  X (CreateInstance)

#define MG_VK_INSTANCE_FUNCTIONS(X)          \
  X (DestroyInstance)                        \
  X (EnumeratePhysicalDevices)               \
  X (GetPhysicalDeviceProperties)            \
  X (GetPhysicalDeviceProperties2)           \
  X (GetPhysicalDeviceFeatures2)             \
  X (GetPhysicalDeviceMemoryProperties)      \
  X (GetPhysicalDeviceQueueFamilyProperties) \
  X (CreateDevice)                           \
  X (GetDeviceProcAddr)

/* only there with VK_EXT_debug_utils, that is with validation on */
#define MG_VK_DEBUG_FUNCTIONS(X)   \
  X (CreateDebugUtilsMessengerEXT) \
  X (SetDebugUtilsObjectNameEXT)

#define MG_VK_DEVICE_FUNCTIONS(X) \
  X (DestroyDevice)               \
  X (GetDeviceQueue)              \
  X (DeviceWaitIdle)              \
  X (CreateBuffer)                \
  X (DestroyBuffer)               \
  X (GetBufferMemoryRequirements) \
  X (AllocateMemory)              \
  X (FreeMemory)                  \
  X (BindBufferMemory)            \
  X (MapMemory)                   \
  X (CreateShaderModule)          \
  X (DestroyShaderModule)         \
  X (CreateDescriptorSetLayout)   \
  X (DestroyDescriptorSetLayout)  \
  X (CreatePipelineLayout)        \
  X (DestroyPipelineLayout)       \
  X (CreatePipelineCache)         \
  X (DestroyPipelineCache)        \
  X (GetPipelineCacheData)        \
  X (CreateComputePipelines)      \
  X (DestroyPipeline)             \
  X (CreateDescriptorPool)        \
  X (DestroyDescriptorPool)       \
  X (AllocateDescriptorSets)      \
  X (UpdateDescriptorSets)        \
  X (CreateCommandPool)           \
  X (DestroyCommandPool)          \
  X (AllocateCommandBuffers)      \
  X (FreeCommandBuffers)          \
  X (BeginCommandBuffer)          \
  X (EndCommandBuffer)            \
  X (CmdBindPipeline)             \
  X (CmdBindDescriptorSets)       \
  X (CmdPushConstants)            \
  X (CmdDispatch)                 \
  X (CmdDispatchBase)             \
  X (CmdPipelineBarrier)          \
  X (CmdCopyBuffer)               \
  X (CmdFillBuffer)               \
  X (CreateSemaphore)             \
  X (DestroySemaphore)            \
  X (WaitSemaphores)              \
  X (QueueSubmit)
