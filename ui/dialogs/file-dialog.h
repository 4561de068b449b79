#pragma once

#include <gtk/gtk.h>

typedef enum
{
  MG_FILES_IMAGES,
  MG_FILES_ANNOTATION,
  MG_FILES_FOLDER,
  MG_FILES_MODEL,
} MgFilesKind;

/* The person chose: n_files at least one. */
typedef void (*MgFilesFunc) (GFile **files, guint n_files, gpointer data);

void mg_file_dialog_begin_in (GFile *folder);
void mg_file_dialog_open (GtkWindow *parent,
                          MgFilesKind kind,
                          const char *title,
                          MgFilesFunc func,
                          gpointer data);
void mg_file_dialog_save (GtkWindow *parent,
                          const char *title,
                          const char *name,
                          const char *const *endings,
                          MgFilesFunc func,
                          gpointer data);
