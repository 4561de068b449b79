#pragma once

#include <gio/gio.h>

/* What a person has set, and where they were: kept in one text file, there again
 * after a restart. A value is bound to the property of the object that lives by
 * it: it starts as the file has it and is written when it changes. Main thread.
 *
 * Properties: "reopen-last" (at start the project open last is opened),
 * "recent" (read only; notified when the list of projects changes). */
#define MG_TYPE_SETTINGS (mg_settings_get_type ())
G_DECLARE_FINAL_TYPE (MgSettings, mg_settings, MG, SETTINGS, GObject)

#define MG_SETTINGS_MAX_RECENT 10

/* Where a project was left. */
typedef struct
{
  char *image; /* (nullable): its name; owned */
  int plane;
  gboolean fit;      /* all of the image in view: no zoom and centre */
  double zoom, x, y; /* device pixels an image pixel; the centre, image pixels */
} MgProjectPlace;

void mg_project_place_clear (MgProjectPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgProjectPlace, mg_project_place_clear)

MgSettings *mg_settings_new (GFile *file);
MgSettings *mg_settings_new_default (void);
void mg_settings_bind (MgSettings *self,
                       const char *key,
                       gpointer object,
                       const char *property);
void mg_settings_flush (MgSettings *self);

GPtrArray *mg_settings_list_recent (MgSettings *self);
void mg_settings_add_recent (MgSettings *self,
                             GFile *folder);
void mg_settings_remove_recent (MgSettings *self,
                                GFile *folder);
gboolean mg_settings_get_place (MgSettings *self,
                                GFile *folder,
                                MgProjectPlace *place);
void mg_settings_set_place (MgSettings *self,
                            GFile *folder,
                            const MgProjectPlace *place);
