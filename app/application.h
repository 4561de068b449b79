#pragma once

#include <adwaita.h>

/* The program's life cycle: one instance, its windows, the compute thread. */
#define MG_TYPE_APPLICATION (mg_application_get_type ())
G_DECLARE_FINAL_TYPE (MgApplication, mg_application, MG, APPLICATION, AdwApplication)

MgApplication *mg_application_new (void);
