#include "display.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/folder.h"

#define SCREEN "1600x1000x24"

static GPid server;

static void
leave_with_parent (gpointer data)
{
  /* also where the test dies of an assertion */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

gboolean
display_start (void)
{
  g_autofree char *xvfb = g_find_program_in_path ("Xvfb");
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");
  int ends[2];
  char number[16] = ":";
  const char *argv[] = { "Xvfb", "-displayfd", NULL, "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", NULL };
  g_autofree char *fd = NULL;
  gssize n;

  if (xvfb == NULL || xdotool == NULL)
    {
      g_print ("1..0 # SKIP Xvfb or xdotool is not installed\n");
      return FALSE;
    }
  g_assert_cmpint (pipe (ends), ==, 0);
  fd = g_strdup_printf ("%d", ends[1]);
  argv[2] = fd;
  if (!g_spawn_async (NULL, (char **) argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_LEAVE_DESCRIPTORS_OPEN | G_SPAWN_DO_NOT_REAP_CHILD |
                        G_SPAWN_STDERR_TO_DEV_NULL,
                      leave_with_parent, NULL, &server, NULL))
    return FALSE;
  close (ends[1]);
  n = read (ends[0], number + 1, sizeof number - 2);
  close (ends[0]);
  if (n <= 0)
    {
      g_print ("1..0 # SKIP Xvfb does not start\n");
      display_stop ();
      return FALSE;
    }
  number[1 + n] = '\0';
  g_strchomp (number);
  g_setenv ("DISPLAY", number, TRUE);
  g_unsetenv ("WAYLAND_DISPLAY");
  return TRUE;
}

void
display_stop (void)
{
  if (server == 0)
    return;
  kill (server, SIGTERM);
  waitpid (server, NULL, 0);
  server = 0;
}

void
display_test_init (int *argc,
                   char ***argv)
{
  if (!display_start ())
    exit (77);
  g_test_init (argc, argv, NULL);
  adw_init ();
}

int
display_test_run (void)
{
  int result = g_test_run ();

  display_stop ();
  return result;
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

gboolean
display_wait (gboolean (*done) (gpointer data),
              gpointer data,
              int seconds)
{
  gint64 end = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;
  gboolean tick = FALSE;
  guint timer = g_timeout_add (20, on_timeout, &tick);
  gboolean well;

  while (!(well = done (data)) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  return well;
}

static gboolean
never (gpointer data)
{
  gint64 *end = data;

  return g_get_monotonic_time () > *end;
}

/* Lets what was sent arrive and be drawn. */
void
display_settle (void)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 3;

  display_wait (never, &end, 5);
}

static gboolean
is_drawn (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

static void
open_window (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "settings.ini", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MgSettings) settings = mg_settings_new (file);

  display->scheduler = mg_scheduler_new (0);
  display->window = mg_window_new (GTK_APPLICATION (display->app), display->scheduler, settings);
  gtk_window_present (GTK_WINDOW (display->window));
  g_assert_true (display_wait (is_drawn, display->window, 30));
  display_settle ();
}

Display *
display_open (void)
{
  Display *display = g_new0 (Display, 1);
  g_autoptr (GError) error = NULL;

  display->folder = g_dir_make_tmp ("mg-display-XXXXXX", &error);
  g_assert_no_error (error);
  display->app = g_object_new (ADW_TYPE_APPLICATION, "application-id", MG_APP_ID,
                               "resource-base-path", "/io/github/micrographia/Micrographia",
                               "flags", G_APPLICATION_NON_UNIQUE, NULL);
  g_application_register (G_APPLICATION (display->app), NULL, &error);
  g_assert_no_error (error);
  mg_window_install_accelerators (GTK_APPLICATION (display->app));
  open_window (display);
  return display;
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* Closed, and nothing holds on to it. */
static void
close_window (Display *display)
{
  g_object_add_weak_pointer (G_OBJECT (display->window), (gpointer *) &display->window);
  gtk_window_close (GTK_WINDOW (display->window));
  g_assert_true (display_wait (is_gone, &display->window, 30));
  g_assert_true (mg_scheduler_shutdown (display->scheduler, 10000));
  g_clear_object (&display->scheduler);
}

void
display_reopen (Display *display)
{
  close_window (display);
  open_window (display);
}

void
display_close (Display *display)
{
  close_window (display);
  g_clear_object (&display->app);
  test_remove_folder (display->folder);
  g_free (display->folder);
  g_free (display);
}

void
display_xdotool (const char *format,
                 ...)
{
  g_autofree char *arguments = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;
  int status;

  va_start (args, format);
  arguments = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat ("xdotool ", arguments, NULL);
  g_spawn_command_line_sync (line, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

void
display_key (const char *key)
{
  display_xdotool ("key %s", key);
  display_settle ();
}

void
display_place_in (GtkWidget *widget,
                  double x,
                  double y,
                  int *screen_x,
                  int *screen_y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  double window_x, window_y, off_x, off_y;

  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), x, y, &window_x, &window_y));
  /* without a window manager the surface lies in the screen's corner */
  gtk_native_get_surface_transform (native, &off_x, &off_y);
  *screen_x = (int) round (window_x + off_x);
  *screen_y = (int) round (window_y + off_y);
}

void
display_place (Display *display,
               double x,
               double y,
               int *screen_x,
               int *screen_y)
{
  GtkWidget *canvas = mg_window_get_canvas (display->window);
  double at_x, at_y;

  mg_image_view_to_widget (MG_IMAGE_VIEW (canvas), x, y, &at_x, &at_y);
  display_place_in (canvas, at_x, at_y, screen_x, screen_y);
}

void
display_move_to (Display *display,
                 double x,
                 double y)
{
  int screen_x, screen_y;

  display_place (display, x, y, &screen_x, &screen_y);
  display_xdotool ("mousemove %d %d", screen_x, screen_y);
}

void
display_click (Display *display,
               double x,
               double y)
{
  display_move_to (display, x, y);
  display_settle ();
  display_xdotool ("click 1");
  display_settle ();
}

static gboolean
is_past (gpointer data)
{
  return g_get_monotonic_time () > *(gint64 *) data;
}

/* Lets one motion arrive before the next, so that they are not made one. */
static void
wait_a_frame (void)
{
  gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 20;

  display_wait (is_past, &end, 5);
}

void
display_drag (Display *display,
              const double *places,
              guint n,
              gboolean release)
{
  display_move_to (display, places[0], places[1]);
  display_settle ();
  display_xdotool ("mousedown 1");
  for (guint i = 1; i < n; i++)
    {
      display_move_to (display, places[2 * i], places[2 * i + 1]);
      wait_a_frame ();
    }
  display_settle ();
  if (release)
    display_xdotool ("mouseup 1");
  display_settle ();
}

void
display_circle (Display *display,
                double x,
                double y,
                double radius)
{
  g_autoptr (GString) moves = g_string_new (NULL);
  int at_x, at_y;

  display_move_to (display, x + radius, y);
  display_settle ();
  display_xdotool ("mousedown 1");
  for (int i = 0; i <= 48; i++)
    {
      double angle = 2 * G_PI * i / 48;

      display_place (display, x + radius * cos (angle), y + radius * sin (angle), &at_x, &at_y);
      g_string_append_printf (moves, "mousemove %d %d ", at_x, at_y);
    }
  display_xdotool ("%s", moves->str);
  display_settle ();
  display_xdotool ("mouseup 1");
  display_settle ();
}

static GtkWidget *
find_widget (GtkWidget *in,
             GType type,
             const char *text)
{
  g_autofree char *is = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (in), type))
    {
      g_object_get (in, "tooltip-text", &is, NULL);
      if (is == NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (in), "label") != NULL)
        g_object_get (in, "label", &is, NULL);
      if (is != NULL && strstr (is, text) != NULL)
        return in;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
display_find (Display *display,
              GType type,
              const char *text)
{
  return find_widget (GTK_WIDGET (display->window), type, text);
}

static GtkWidget *
find_nth (GtkWidget *in,
          GType type,
          int *n)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (in), type) && (*n)-- == 0)
    return in;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_nth (child, type, n);
  return found;
}

GtkWidget *
display_find_nth (GtkWidget *in,
                  GType type,
                  int n)
{
  return find_nth (in, type, &n);
}

void
display_check (Display *display,
               const char *tip,
               gboolean active)
{
  GtkWidget *check = display_find (display, GTK_TYPE_CHECK_BUTTON, tip);

  g_assert_nonnull (check);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
}

static GtkDropDown *
get_chooser (Display *display,
             const char *tip)
{
  GtkWidget *chooser = display_find (display, GTK_TYPE_DROP_DOWN, tip);

  g_assert_nonnull (chooser);
  return GTK_DROP_DOWN (chooser);
}

void
display_choose (Display *display,
                const char *tip,
                guint position)
{
  gtk_drop_down_set_selected (get_chooser (display, tip), position);
}

guint
display_get_chosen (Display *display,
                    const char *tip)
{
  return gtk_drop_down_get_selected (get_chooser (display, tip));
}

gboolean
display_action_is_on (Display *display,
                      const char *name)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (display->window), name);

  return g_variant_get_boolean (state);
}

gboolean
display_says (Display *display,
              const char *text)
{
  return display_find (display, GTK_TYPE_LABEL, text) != NULL;
}
