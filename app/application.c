#include "application.h"

#include <glib-unix.h>

#include "base/parallel.h"
#include "base/scheduler.h"
#include "canvas/frame-trace.h"
#include "window/window.h"

/* Training must never be felt while painting: everything that computes runs
 * below the window's own priority. */
#define COMPUTE_NICE 10

/* How long the program waits at exit for the compute thread to let go. */
#define SHUTDOWN_MS 3000

/* How long a window that has the program's name already may take to answer. */
#define REGISTER_US (4 * G_USEC_PER_SEC)

struct _MgApplication
{
  AdwApplication parent_instance;

  MgScheduler *scheduler; /* owned */
  MgSettings *settings;   /* owned */
};

G_DEFINE_FINAL_TYPE (MgApplication, mg_application, ADW_TYPE_APPLICATION)

static void
mg_application_about (GSimpleAction *action,
                      GVariant *parameter,
                      gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (user_data);

  adw_show_about_window (parent,
                         "application-name", "Micrographia",
                         "application-icon", MG_APP_ID,
                         "version", MG_VERSION,
                         "developer-name", "The Micrographia authors",
                         "license-type", GTK_LICENSE_BSD_3,
                         "comments",
                         "Paint cells, train a network, see every cell.\n"
                         "Named after Robert Hooke's book of 1665, in which "
                         "the word cell begins.",
                         NULL);
}

static void
mg_application_quit (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

  /* by closing, so that what is not yet saved is */
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

/* Told to end from outside: what is painted and learned is saved first. */
static gboolean
on_signal (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);
  return G_SOURCE_CONTINUE;
}

static const GActionEntry actions[] = {
  { "about", mg_application_about },
  { "quit", mg_application_quit },
};

static GtkWindow *
mg_application_ensure_window (MgApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (mg_window_new (GTK_APPLICATION (self), self->scheduler, self->settings));
  return window;
}

static void
mg_application_activate (GApplication *app)
{
  gboolean first = gtk_application_get_active_window (GTK_APPLICATION (app)) == NULL;
  GtkWindow *window = mg_application_ensure_window (MG_APPLICATION (app));

  gtk_window_present (window);
  if (first)
    mg_window_reopen_last (MG_WINDOW (window));
}

static void
mg_application_open (GApplication *app,
                     GFile **files,
                     int n_files,
                     const char *hint)
{
  GtkWindow *window = mg_application_ensure_window (MG_APPLICATION (app));

  gtk_window_present (window);
  mg_window_open_files (MG_WINDOW (window), files, n_files);
}

static void
mg_application_startup (GApplication *app)
{
  MgApplication *self = MG_APPLICATION (app);

  G_APPLICATION_CLASS (mg_application_parent_class)->startup (app);
  mg_frame_trace_init ();
  g_unix_signal_add (SIGINT, on_signal, app);
  g_unix_signal_add (SIGTERM, on_signal, app);
  g_unix_signal_add (SIGHUP, on_signal, app);
  mg_parallel_set_nice (COMPUTE_NICE);
  self->scheduler = mg_scheduler_new (COMPUTE_NICE);
  self->settings = mg_settings_new_default ();
  mg_settings_bind (self->settings, "style", adw_style_manager_get_default (), "color-scheme");
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  mg_window_install_accelerators (GTK_APPLICATION (app));
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean done;
  GCancellable *cancellable;
} Patience;

static gpointer
wait_patiently (gpointer data)
{
  Patience *patience = data;
  gint64 end = g_get_monotonic_time () + REGISTER_US;

  g_mutex_lock (&patience->lock);
  while (!patience->done && g_cond_wait_until (&patience->cond, &patience->lock, end))
    ;
  if (!patience->done)
    g_cancellable_cancel (patience->cancellable);
  g_mutex_unlock (&patience->lock);
  return NULL;
}

static gboolean
register_within_limit (GApplication *app,
                       GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Patience patience = { .cancellable = cancellable };
  GThread *thread;
  gboolean well;

  g_mutex_init (&patience.lock);
  g_cond_init (&patience.cond);
  thread = g_thread_new ("register", wait_patiently, &patience);
  well = g_application_register (app, cancellable, error);
  g_mutex_lock (&patience.lock);
  patience.done = TRUE;
  g_cond_signal (&patience.cond);
  g_mutex_unlock (&patience.lock);
  g_thread_join (thread);
  g_cond_clear (&patience.cond);
  g_mutex_clear (&patience.lock);
  return well;
}

/* One window is asked to open what a second start names. A program that was
 * killed keeps the name on the session bus until the kernel is done with it, and
 * then never answers: the second time the name is free. One that hangs is passed
 * by. In the end the name is a convenience, and no reason not to start. */
static int
mg_application_handle_local_options (GApplication *app,
                                     GVariantDict *options)
{
  g_autoptr (GError) first = NULL, error = NULL;

  if (register_within_limit (app, &first) || register_within_limit (app, &error))
    return -1;
  g_message ("a Micrographia that runs already does not answer, so this window is a program of its own (%s)", error->message);
  g_application_set_flags (app, g_application_get_flags (app) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

static void
mg_application_shutdown (GApplication *app)
{
  MgApplication *self = MG_APPLICATION (app);

  G_APPLICATION_CLASS (mg_application_parent_class)->shutdown (app);
  mg_scheduler_shutdown (self->scheduler, SHUTDOWN_MS);
  g_clear_object (&self->scheduler);
  mg_settings_flush (self->settings);
  g_clear_object (&self->settings);
  mg_frame_trace_finish ();
}

static void
mg_application_class_init (MgApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->activate = mg_application_activate;
  app_class->open = mg_application_open;
  app_class->handle_local_options = mg_application_handle_local_options;
  app_class->startup = mg_application_startup;
  app_class->shutdown = mg_application_shutdown;
}

static void
mg_application_init (MgApplication *self)
{
  g_set_application_name ("Micrographia");
}

/**
 * mg_application_new:
 *
 * Makes the program; run it with g_application_run(). Main thread.
 *
 * Returns: (transfer full): the application
 */
MgApplication *
mg_application_new (void)
{
  return g_object_new (MG_TYPE_APPLICATION,
                       "application-id", MG_APP_ID,
                       "resource-base-path", "/io/github/micrographia/Micrographia",
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       NULL);
}
