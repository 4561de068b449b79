/* The program itself, killed at random moments: what was finished half a second
 * before is on the disk, and there again after the next start, which is at once
 * and on the same session bus. The test draws with real pointer events, keeps
 * what it drew in mind, and reads the project's files afterwards. */
#include "display.h"
#include "kill-image.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "project/labels.h"
#include "support/folder.h"

#define GRACE_US     (G_USEC_PER_SEC / 2)
#define N_KILLS      10
#define N_KILLS_LONG 50 /* with MG_TEST_LONG */

typedef struct
{
  gboolean cells[N_SITES];
} State;

/* A state as the person sees it, and when it was drawn to the end. */
typedef struct
{
  State state;
  gint64 time;
} Drawn;

typedef struct
{
  const char *program;
  const char *preload; /* (nullable): loaded before its libraries */
  char *path;          /* of the folder with the image */
  GFile *folder;
  MgRng rng;
  double zoom, x, y; /* from the image to the screen */
  guint n_used;      /* sites */
  GPid pid;          /* 0: not running */
  gint64 latency;    /* of a click, from the pointer to the disk, at this start */
  guint n_kills, n_edits, n_behind;
} Run;

static MgMaskStack *
read_labels (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgProject) project = mg_project_open (run->folder, NULL, &error);
  g_autoptr (MgProjectItem) item = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autofree char *warning = NULL;
  MgMaskStack *stack;
  gboolean recovered;

  g_assert_no_error (error);
  item = g_list_model_get_item (G_LIST_MODEL (project), 0);
  image = mg_project_item_load_image (item, NULL, &error);
  g_assert_no_error (error);
  stack = mg_project_item_load_labels (item, mg_image_get_info (image), &recovered, &warning, NULL, &error);
  g_assert_no_error (error);
  return stack;
}

/* What the files hold, label image and journal. */
static void
read_state (Run *run,
            State *state)
{
  g_autoptr (MgMaskStack) stack = read_labels (run);
  MgMask *mask = mg_mask_stack_get (stack, 0);

  for (guint i = 0; i < N_SITES; i++)
    state->cells[i] = mask != NULL && mg_mask_get (mask, kill_site_x (i), kill_site_y (i)) != 0;
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start (Run *run,
       const char *what)
{
  const char *argv[] = { run->program, what, NULL }, *asan = g_getenv ("ASAN_OPTIONS");
  g_autofree char *options = g_strconcat (asan != NULL ? asan : "", ":verify_asan_link_order=0", NULL);
  g_auto (GStrv) env = g_get_environ ();
  g_autoptr (GError) error = NULL;

  if (run->preload != NULL)
    {
      env = g_environ_setenv (env, "LD_PRELOAD", run->preload, TRUE);
      env = g_environ_setenv (env, "ASAN_OPTIONS", options, TRUE);
    }
  g_spawn_async (NULL, (char **) argv, env, G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL, &run->pid, &error);
  g_assert_no_error (error);
}

/* It lived until now. */
static void
end (Run *run)
{
  int status;

  kill (run->pid, SIGKILL);
  waitpid (run->pid, &status, 0);
  run->pid = 0;
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static void
wait_for_window (Run *run,
                 const char *title)
{
  g_autofree char *line = g_strdup_printf ("xdotool search --onlyvisible --name ^%s$", title);
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  int status = -1;

  for (g_autofree char *id = NULL; status != 0 && g_get_monotonic_time () < limit; g_usleep (50000))
    {
      g_assert_cmpint (waitpid (run->pid, NULL, WNOHANG), ==, 0);
      g_clear_pointer (&id, g_free);
      g_spawn_command_line_sync (line, &id, NULL, &status, NULL);
    }
  g_assert_cmpint (status, ==, 0);
}

/* Clicks until it is on the disk: the image is in view then, and drawn on. */
static void
click_until_kept (Run *run,
                  int x,
                  int y,
                  guint n_cells)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC, clicked = 0;

  for (guint i = 0; g_get_monotonic_time () < limit; i++)
    {
      g_autoptr (MgMaskStack) stack = NULL;

      if (i % 25 == 0)
        {
          display_xdotool ("mousemove %d %d mousedown 1 sleep 0.01 mousemove_relative 1 0 mouseup 1", x, y);
          clicked = g_get_monotonic_time ();
        }
      stack = read_labels (run);
      if (mg_mask_stack_count (stack) >= n_cells)
        {
          run->latency = g_get_monotonic_time () - clicked;
          return;
        }
      g_usleep (20000);
    }
  g_assert_not_reached ();
}

/* Where the image lies on the screen, from two clicks and what they painted. */
static void
calibrate (Run *run)
{
  static const int at[2][2] = { { 450, 220 }, { 850, 660 } };
  double centres[2][2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MgMaskStack) stack = NULL;
      MgMask *mask;
      guint n = 0;

      click_until_kept (run, at[i][0], at[i][1], i + 1);
      stack = read_labels (run);
      mask = mg_mask_stack_get (stack, 0);
      centres[i][0] = centres[i][1] = 0;
      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          if (mg_mask_get (mask, x, y) == i + 1)
            {
              centres[i][0] += x + 0.5;
              centres[i][1] += y + 0.5;
              n++;
            }
      g_assert_cmpuint (n, >, 0);
      centres[i][0] /= n;
      centres[i][1] /= n;
    }
  run->zoom = (at[1][0] - at[0][0]) / (centres[1][0] - centres[0][0]);
  run->x = at[0][0] - run->zoom * centres[0][0];
  run->y = at[0][1] - run->zoom * centres[0][1];
  g_test_message ("zoom %.3f, the image's corner at %.1f, %.1f", run->zoom, run->x, run->y);
}

static guint
take_site (Run *run,
           const State *state)
{
  while (run->n_used < N_SITES && state->cells[run->n_used])
    run->n_used++;
  g_assert_cmpuint (run->n_used, <, N_SITES);
  return run->n_used++;
}

static void
draw_at (Run *run,
         guint site)
{
  int x = (int) round (run->x + run->zoom * kill_site_x (site)), y = (int) round (run->y + run->zoom * kill_site_y (site));

  display_xdotool ("mousemove %d %d mousedown 1 sleep 0.01 mousemove_relative 1 0 sleep 0.01 mousemove_relative -- -1 0 mouseup 1", x, y);
}

static void
append (GArray *drawn,
        const State *state)
{
  Drawn next = { *state, g_get_monotonic_time () };

  g_array_append_val (drawn, next);
}

/* The program runs and shows the image; what it holds is what the disk held. */
static void
begin (Run *run,
       GArray *drawn)
{
  State before, state;
  guint site;

  read_state (run, &before);
  start (run, run->path);
  wait_for_window (run, "cells");
  if (run->zoom == 0)
    calibrate (run);
  read_state (run, &state);
  site = take_site (run, &state);
  {
    g_autoptr (MgMaskStack) stack = read_labels (run);

    click_until_kept (run, (int) round (run->x + run->zoom * kill_site_x (site)), (int) round (run->y + run->zoom * kill_site_y (site)),
                      mg_mask_stack_count (stack) + 1);
  }
  read_state (run, &state);
  g_assert_true (state.cells[site]);
  for (guint i = 0; i < N_SITES; i++)
    g_assert_true (i == site || state.cells[i] == before.cells[i] || run->n_kills == 0);
  g_array_set_size (drawn, 0);
  append (drawn, &state);
}

typedef struct
{
  GPid pid;
  gint64 delay, time;
  int killed; /* atomic */
} Killer;

static gpointer
kill_later (gpointer data)
{
  Killer *killer = data;

  g_usleep ((gulong) killer->delay);
  killer->time = g_get_monotonic_time ();
  kill (killer->pid, SIGKILL);
  g_atomic_int_set (&killer->killed, TRUE);
  return NULL;
}

/* Strokes, undo and saving, without a pause for breath, until it is dead. */
static void
draw_until_killed (Run *run,
                   Killer *killer,
                   GArray *drawn)
{
  guint strokes[N_SITES], n_strokes = 0;
  State state = g_array_index (drawn, Drawn, 0).state;

  while (!g_atomic_int_get (&killer->killed))
    {
      double chance = mg_rng_range (&run->rng, 0, 1);

      if (chance < 0.2)
        display_xdotool ("key ctrl+s");
      else if (chance < 0.35 && n_strokes > 0)
        {
          display_xdotool ("key ctrl+z");
          state.cells[strokes[--n_strokes]] = FALSE;
        }
      else
        {
          guint site = take_site (run, &state);

          draw_at (run, site);
          state.cells[site] = TRUE;
          strokes[n_strokes++] = site;
        }
      append (drawn, &state);
    }
}

/* Says how what the files hold differs from what was drawn. */
static void
explain (GArray *drawn,
         const State *now,
         gint64 killed)
{
  for (guint i = 0; i < drawn->len; i++)
    {
      const Drawn *then = &g_array_index (drawn, Drawn, i);
      g_autoptr (GString) sites = g_string_new (NULL);

      for (guint k = 0; k < N_SITES; k++)
        if (then->state.cells[k] != now->cells[k])
          g_string_append_printf (sites, " %s%u", now->cells[k] ? "+" : "-", k);
      g_test_message ("edit %u, %.0f ms before the kill: the files have%s", i, (killed - then->time) / 1000.0,
                      sites->len > 0 ? sites->str : " just that");
    }
}

/* What the files hold is one of the states of the last moment. */
static void
check (Run *run,
       GArray *drawn,
       gint64 killed)
{
  gint64 limit = killed - GRACE_US - run->latency;
  guint first = 0;
  State now;

  for (guint i = 1; i < drawn->len; i++)
    if (g_array_index (drawn, Drawn, i).time < limit)
      first = i;
  g_test_message ("kill %u: %u of %u edits long before, a click takes %.0f ms", run->n_kills, first, drawn->len - 1,
                  run->latency / 1000.0);
  read_state (run, &now);
  for (guint i = drawn->len; i-- > first;)
    if (memcmp (&g_array_index (drawn, Drawn, i).state, &now, sizeof now) == 0)
      {
        run->n_behind += i + 1 < drawn->len;
        g_test_message ("kill %u: the files have %u edits", run->n_kills, i);
        return;
      }
  explain (drawn, &now, killed);
  g_assert_not_reached ();
}

/* A quick machine draws at hundreds of places a run: begins with none again. */
static void
begin_anew_when_full (Run *run)
{
  g_autofree char *annotations = g_build_filename (run->path, "annotations", NULL);

  if (run->n_used < N_SITES / 2)
    return;
  test_remove_folder (annotations);
  run->n_used = 0;
}

/* Within a stroke, an undo or a save; or, where `saving`, right in a save. */
static void
run_once (Run *run,
          gboolean saving)
{
  g_autoptr (GArray) drawn = g_array_new (FALSE, FALSE, sizeof (Drawn));
  Killer killer = { 0 };
  GThread *thread;

  begin_anew_when_full (run);
  begin (run, drawn);
  killer.pid = run->pid;
  killer.delay = (gint64) (mg_rng_range (&run->rng, 0.05, 2.0) * G_USEC_PER_SEC);
  if (saving)
    {
      guint site = take_site (run, &g_array_index (drawn, Drawn, 0).state);
      State state = g_array_index (drawn, Drawn, 0).state;

      draw_at (run, site);
      state.cells[site] = TRUE;
      append (drawn, &state);
      g_usleep (2 * GRACE_US);
      killer.delay = (gint64) (mg_rng_range (&run->rng, 0, 0.06) * G_USEC_PER_SEC);
      display_xdotool ("key ctrl+s");
      kill_later (&killer);
    }
  else
    {
      thread = g_thread_new ("killer", kill_later, &killer);
      draw_until_killed (run, &killer, drawn);
      g_thread_join (thread);
    }
  end (run);
  display_xdotool ("mouseup 1 keyup ctrl");
  run->n_edits += drawn->len - 1;
  run->n_kills++;
  check (run, drawn, killer.time);
}

static int
get_n_kills (void)
{
  return g_getenv ("MG_TEST_LONG") != NULL ? N_KILLS_LONG : N_KILLS;
}

static void
set_up (Run *run,
        gconstpointer argv)
{
  g_autoptr (GFile) file = NULL;

  *run = (Run){ .program = ((char *const *) argv)[1], .path = g_dir_make_tmp ("mg-kill-XXXXXX", NULL) };
  run->folder = g_file_new_for_path (run->path);
  mg_rng_init (&run->rng, 11, 0);
  for (const char *const *name = (const char *const[]){ "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", NULL }; *name != NULL; name++)
    {
      g_autofree char *path = g_build_filename (run->path, ".home", *name, NULL);

      g_mkdir_with_parents (path, 0700);
      g_setenv (*name, path, TRUE);
    }
  file = g_file_get_child (run->folder, "cells.tif");
  kill_write_image (file, SIZE, SIZE);
}

static void
tear_down (Run *run,
           gconstpointer argv)
{
  if (run->pid != 0)
    end (run);
  test_remove_folder (run->path);
  g_object_unref (run->folder);
  g_free (run->path);
}

/* Nothing but whole files is left of writing. */
static void
check_no_pieces (Run *run)
{
  g_autofree char *path = g_build_filename (run->path, "annotations", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += *name == '.';
  g_test_message ("%u unfinished files are left", n);
  g_assert_cmpuint (n, <=, 1);
}

static void
test_drawing (Run *run,
              gconstpointer argv)
{
  for (int i = 0; i <= get_n_kills (); i++)
    run_once (run, FALSE);
  g_test_message ("%u kills, %u edits; %u times one of the last %d ms was missing", run->n_kills, run->n_edits, run->n_behind,
                  (int) (GRACE_US / 1000));
  g_assert_cmpuint (run->n_edits, >, run->n_kills);
  check_no_pieces (run);
}

static void
test_slow_disk (Run *run,
                gconstpointer argv)
{
  run->preload = ((char *const *) argv)[2];
  test_drawing (run, argv);
}

static void
test_saving (Run *run,
             gconstpointer argv)
{
  for (int i = 0; i <= get_n_kills () / 3; i++)
    run_once (run, TRUE);
  check_no_pieces (run);
}

/* An action of the window, as the desktop asks for it. */
static void
activate (const char *action)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  g_dbus_connection_call (bus, MG_APP_ID, "/io/github/micrographia/Micrographia/window/1", "org.gtk.Actions", "Activate",
                          g_variant_new_parsed ("(%s, @av [], @a{sv} {})", action), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_dbus_connection_flush_sync (bus, NULL, NULL);
}

/* All of an import is there, or nothing. */
static void
test_import (Run *run,
             gconstpointer argv)
{
  g_autoptr (GFile) file = g_file_get_child (run->folder, "cells.tif");
  guint n_all = 0, n_none = 0;

  kill_write_image_with_rois (file);
  for (int i = 0; i <= get_n_kills () / 3; i++)
    {
      g_autofree char *annotations = g_build_filename (run->path, "annotations", NULL);
      State state;
      guint n = 0;

      start (run, run->path);
      wait_for_window (run, "cells");
      g_usleep (GRACE_US);
      activate ("import-overlay");
      g_usleep ((gulong) (mg_rng_range (&run->rng, 0, 1.2) * G_USEC_PER_SEC));
      end (run);
      read_state (run, &state);
      for (guint k = 0; k < N_SITES; k++)
        n += state.cells[k];
      g_assert_true (n == 0 || n == N_SITES);
      n_all += n > 0;
      n_none += n == 0;
      test_remove_folder (annotations);
    }
  g_test_message ("%u times the import was there, %u times not", n_all, n_none);
}

static guint
count_pyramids (Run *run,
                guint *n_pieces)
{
  g_autofree char *path = g_build_filename (g_getenv ("XDG_CACHE_HOME"), "micrographia", "pyramids", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".pyramid"))
      n++;
    else
      ++*n_pieces;
  return n;
}

/* A reduced copy of a large image is kept whole, or not at all. */
static void
test_pyramid (Run *run,
              gconstpointer argv)
{
  g_autoptr (GFile) file = g_file_get_child (run->folder, "cells.tif");
  guint n_pieces = 0;

  kill_write_image (file, 7000, 6000);
  for (int i = 0; i <= get_n_kills () / 10; i++)
    {
      start (run, run->path);
      wait_for_window (run, "cells");
      g_usleep ((gulong) (mg_rng_range (&run->rng, 0, 1) * G_USEC_PER_SEC));
      end (run);
      count_pyramids (run, &n_pieces);
      g_assert_cmpuint (n_pieces, ==, 0);
    }
  start (run, run->path);
  for (int i = 0; i < 600 && count_pyramids (run, &n_pieces) == 0; i++)
    g_usleep (100000);
  g_assert_cmpuint (count_pyramids (run, &n_pieces), ==, 1);
  end (run);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GTestDBus) bus = NULL;
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon"), *display = NULL;
  int result;

  if (daemon == NULL)
    {
      g_print ("1..0 # SKIP dbus-daemon is not installed\n");
      return 77;
    }
  display_test_init (&argc, &argv);
  g_assert_cmpint (argc, ==, 3);
  display = g_strdup (g_getenv ("DISPLAY"));
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus); /* which forgets the display */
  g_setenv ("DISPLAY", display, TRUE);
  g_test_add ("/display/kill/drawing", Run, argv, set_up, test_drawing, tear_down);
  g_test_add ("/display/kill/slow-disk", Run, argv, set_up, test_slow_disk, tear_down);
  g_test_add ("/display/kill/saving", Run, argv, set_up, test_saving, tear_down);
  g_test_add ("/display/kill/import", Run, argv, set_up, test_import, tear_down);
  g_test_add ("/display/kill/pyramid", Run, argv, set_up, test_pyramid, tear_down);
  result = display_test_run ();
  g_test_dbus_down (bus);
  return result;
}
