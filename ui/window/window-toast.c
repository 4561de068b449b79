#include "window/window-private.h"

/* What the person is told in passing. */

#define TOAST_S    8
#define LINE_CHARS 60

/* A title of the toast's own is one line, cut at its end, and what to do stands
 * at the end of a sentence that begins with a file's place. */
static AdwToast *
make_toast (const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), LINE_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  adw_toast_set_custom_title (toast, label);
  adw_toast_set_timeout (toast, TOAST_S);
  return toast;
}

static const char *
get_text (AdwToast *toast)
{
  return gtk_label_get_text (GTK_LABEL (adw_toast_get_custom_title (toast)));
}

/* The one that stays until it is answered lets all others pass; what is said again
 * takes the place of the first time. */
static void
show (MgWindow *self,
      AdwToast *toast)
{
  if (self->last_toast != NULL && g_str_equal (get_text (self->last_toast), get_text (toast)))
    adw_toast_dismiss (self->last_toast);
  g_set_weak_pointer (&self->last_toast, toast);
  if (self->missing_toast != NULL)
    adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
_mg_window_toast (MgWindow *self,
                  const char *text)
{
  show (self, make_toast (text));
}

/* Says that something was saved, under which name, and shows where. */
void
_mg_window_toast_saved (MgWindow *self,
                        const char *what,
                        GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *text = g_strdup_printf ("%s saved as “%s”", what, name);
  AdwToast *toast = make_toast (text);

  adw_toast_set_button_label (toast, "Show in Files");
  adw_toast_set_action_name (toast, "win.show-saved");
  adw_toast_set_action_target (toast, "s", g_file_peek_path (file));
  show (self, toast);
}

/* Says how many images are not where they were, and stays until they are found,
 * another project is opened, or it is closed. n: 0 takes it away */
void
_mg_window_toast_missing (MgWindow *self,
                          guint n)
{
  g_autofree char *text = g_strdup_printf (n == 1 ? "%u image is not where it was" : "%u images are not where they were", n);
  AdwToast *toast;

  if (self->missing_toast != NULL)
    adw_toast_dismiss (self->missing_toast);
  g_clear_weak_pointer (&self->missing_toast);
  if (n == 0)
    return;
  toast = make_toast (text);
  adw_toast_set_button_label (toast, "Find…");
  adw_toast_set_action_name (toast, "win.find-missing");
  adw_toast_set_timeout (toast, 0);
  g_set_weak_pointer (&self->missing_toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
