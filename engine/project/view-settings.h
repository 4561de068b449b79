#pragma once

#include "image/channel-view.h"
#include "image/reading.h"

/* How a person wants images shown: channels by their key, and what an image
 * is. A project has one for all its images, and every image one of its own.
 * Reference counted; any thread. */
typedef struct _MgViewSettings MgViewSettings;

MgViewSettings *mg_view_settings_new (void);
MgViewSettings *mg_view_settings_ref (MgViewSettings *settings);
void mg_view_settings_unref (MgViewSettings *settings);
char *mg_view_settings_key (const MgImageInfo *info,
                            int channel);
gboolean mg_view_settings_get_channel (MgViewSettings *settings,
                                       const char *key,
                                       MgChannelView *view);
void mg_view_settings_set_channel (MgViewSettings *settings,
                                   const char *key,
                                   const MgChannelView *view);
void mg_view_settings_clear_channels (MgViewSettings *settings);
void mg_view_settings_get_reading (MgViewSettings *settings,
                                   MgReading *reading);
void mg_view_settings_set_reading (MgViewSettings *settings,
                                   const MgReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgViewSettings, mg_view_settings_unref)
