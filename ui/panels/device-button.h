#pragma once

#include "session/session.h"

/* The device menu: what can compute here, which one is taken and why. Devices
 * are looked for on another thread. */
#define MG_TYPE_DEVICE_BUTTON (mg_device_button_get_type ())
G_DECLARE_FINAL_TYPE (MgDeviceButton, mg_device_button, MG, DEVICE_BUTTON, GtkBox)

void mg_device_button_set_session (MgDeviceButton *self,
                                   MgSession *session);
