#pragma once

#include <glib.h>

void mg_main_call (void (*func) (gpointer data),
                   gpointer data);
