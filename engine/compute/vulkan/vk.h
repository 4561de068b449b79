#pragma once

#include "compute/backend-list.h"

/* Computes plans on Vulkan 1.2 compute queues. Debugging switches, words of the
 * environment variable MG_DEBUG separated by commas:
 *   vk-none      as if no Vulkan loader were installed
 *   vk-validate  validation layer on; its messages are counted and logged
 *   vk-shared    software devices work as real GPUs do, tiles at every size
 *   vk-staged    never maps device memory, as on a discrete GPU
 *   vk-no-cache  no pipeline cache on disk
 *   vk-lost      every submission finds the device lost */
MgBackend *mg_vulkan_backend_new (guint device_index,
                                  GError **error);
int mg_vulkan_list_devices (GPtrArray *choices);
guint mg_vulkan_backend_get_n_messages (void);
