#include "dialogs/file-dialog.h"

#include <adwaita.h>

#include "dialogs/file-name.h"

/* What is asked for besides MgFilesKind. */
enum
{
  SAVE = MG_FILES_MODEL + 1,
  N_KINDS,
};

typedef struct
{
  MgFilesFunc func;
  gpointer data;
  const char *const *endings; /* (nullable): of a file to be saved */
  GFile *file;                /* (nullable): that was named, and is there already */
} Asking;

/* None is ever given up: GTK 4.8 comes back from reading a folder to a chooser that is
 * gone, and brings the program down. They are used again and again, but for those that
 * save (1.2 MB each): shown again, GTK may not have selected the name that is typed over. */
static GtkFileChooserNative *choosers[N_KINDS];

/* Where the next dialog begins: beside the project, then where a file was chosen last. */
static GFile *begin_in;

/**
 * mg_file_dialog_begin_in:
 * @folder: where the next dialog begins, such as the folder of the images
 */
void
mg_file_dialog_begin_in (GFile *folder)
{
  g_set_object (&begin_in, folder);
}

static void
remember (GFile *chosen)
{
  g_autoptr (GFile) folder = g_file_get_parent (chosen);

  if (folder != NULL)
    mg_file_dialog_begin_in (folder);
}

static void
asking_free (Asking *asking)
{
  g_clear_object (&asking->file);
  g_free (asking);
}

static void
on_replace (AdwMessageDialog *dialog,
            const char *answer,
            Asking *asking)
{
  if (g_str_equal (answer, "replace"))
    asking->func (&asking->file, 1, asking->data);
  asking_free (asking);
}

/* The chooser asked for another name. */
static void
ask_whether_to_replace (GtkWindow *parent,
                        Asking *asking)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, "Replace File?", NULL);
  g_autofree char *name = g_file_get_basename (asking->file);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), "There is a file “%s” already. What is in it is lost if it is replaced.", name);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Cancel", "replace", "_Replace", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "replace", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_replace), asking);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The file that is meant; takes the question. */
static void
save_as (GtkWindow *parent,
         GFile *chosen,
         Asking *asking)
{
  g_autoptr (GFile) folder = g_file_get_parent (chosen);
  g_autofree char *typed = g_file_get_basename (chosen);
  g_autofree char *name = mg_file_name_complete (typed, asking->endings);

  asking->file = g_file_get_child (folder, name);
  if (!g_file_equal (asking->file, chosen) && g_file_query_exists (asking->file, NULL))
    {
      ask_whether_to_replace (parent, asking);
      return;
    }
  asking->func (&asking->file, 1, asking->data);
  asking_free (asking);
}

static void
on_response (GtkNativeDialog *dialog,
             int response,
             Asking *asking)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        g_ptr_array_add (chosen, g_list_model_get_item (files, i));
      if (chosen->len > 0)
        {
          remember (chosen->pdata[0]);
          if (asking->endings != NULL)
            save_as (gtk_native_dialog_get_transient_for (dialog), chosen->pdata[0], g_steal_pointer (&asking));
          else
            asking->func ((GFile **) chosen->pdata, chosen->len, asking->data);
        }
    }
  g_clear_pointer (&asking, asking_free);
}

static void
add_filter (GtkFileChooser *chooser,
            const char *name,
            const char *const *suffixes)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (suffixes == NULL)
    gtk_file_filter_add_pattern (filter, "*");
  for (; suffixes != NULL && *suffixes != NULL; suffixes++)
    gtk_file_filter_add_suffix (filter, *suffixes);
  gtk_file_chooser_add_filter (chooser, filter);
}

static GtkFileChooserNative *
make_chooser (guint kind)
{
  static const char *const images[] = { "tif", "tiff", "btf", "tf8", "lsm", "stk", "png", "jpg", "jpeg", NULL };
  static const char *const annotation[] = { "zip", "roi", "geojson", "json", "npy", "tif", "tiff", "png", NULL };
  static const char *const models[] = { "safetensors", NULL };
  GtkFileChooserAction action = kind == SAVE              ? GTK_FILE_CHOOSER_ACTION_SAVE
                                : kind == MG_FILES_FOLDER ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                          : GTK_FILE_CHOOSER_ACTION_OPEN;
  GtkFileChooserNative *native = gtk_file_chooser_native_new (NULL, NULL, action, NULL, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (native);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  gtk_file_chooser_set_select_multiple (chooser, kind == MG_FILES_IMAGES);
  if (kind == MG_FILES_IMAGES)
    add_filter (chooser, "Images", images);
  else if (kind == MG_FILES_ANNOTATION)
    add_filter (chooser, "Cells: ImageJ, QuPath, Cellpose, label images", annotation);
  else if (kind == MG_FILES_MODEL)
    add_filter (chooser, "Models", models);
  if (kind == MG_FILES_IMAGES || kind == MG_FILES_ANNOTATION)
    add_filter (chooser, "All files", NULL);
  return native;
}

/* NULL while it asks for something already. */
static GtkFileChooser *
get_chooser (GtkWindow *parent,
             guint kind,
             const char *title)
{
  GtkNativeDialog *dialog;

  if (choosers[kind] == NULL || kind == SAVE)
    choosers[kind] = make_chooser (kind);
  dialog = GTK_NATIVE_DIALOG (choosers[kind]);
  if (gtk_native_dialog_get_visible (dialog))
    return NULL;
  gtk_native_dialog_set_title (dialog, title);
  gtk_native_dialog_set_transient_for (dialog, parent);
  if (begin_in != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), begin_in, NULL);
  return GTK_FILE_CHOOSER (dialog);
}

static void
ask (GtkFileChooser *chooser,
     Asking asking)
{
  g_signal_handlers_disconnect_matched (chooser, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_response, NULL);
  g_signal_connect (chooser, "response", G_CALLBACK (on_response), g_memdup2 (&asking, sizeof asking));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/**
 * mg_file_dialog_open:
 * @parent: over which window
 * @kind: what is asked for
 * @title: of the dialog
 * @func: called with the choice; not called when the person cancels
 *
 * Asks for files. The only place that knows which file chooser GTK has.
 */
void
mg_file_dialog_open (GtkWindow *parent,
                     MgFilesKind kind,
                     const char *title,
                     MgFilesFunc func,
                     gpointer data)
{
  GtkFileChooser *chooser = get_chooser (parent, kind, title);

  if (chooser != NULL)
    ask (chooser, (Asking){ func, data });
}

/**
 * mg_file_dialog_save:
 * @parent: over which window
 * @title: of the dialog
 * @name: proposed for the file
 * @endings: (array zero-terminated=1): static: what a name may end in; the first is
 *   the proposed one's, and added to a name that has none of them
 * @func: called with the one file; not called when the person cancels
 *
 * Asks where something is to be saved, and before a file is replaced.
 */
void
mg_file_dialog_save (GtkWindow *parent,
                     const char *title,
                     const char *name,
                     const char *const *endings,
                     MgFilesFunc func,
                     gpointer data)
{
  GtkFileChooser *chooser = get_chooser (parent, SAVE, title);

  if (chooser == NULL)
    return;
  gtk_file_chooser_set_current_name (chooser, name);
  ask (chooser, (Asking){ func, data, endings });
}
