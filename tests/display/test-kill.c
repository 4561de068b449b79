/* The program is killed at any moment; what it shows again is what was painted.
 * A child runs the window and says of every finished edit what the labels were;
 * the parent draws with real pointer events, kills it, and starts it again. */
#include "display.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "annotate/annotation-planes.h"
#include "base/rng.h"
#include "canvas/canvas.h"
#include "dataset/sample.h"
#include "io/loader.h"

#define SIZE        128
#define DIGEST_SIZE 20
/* An edit finished this long before the end must be there. */
#define GRACE_US     (G_USEC_PER_SEC / 2)
#define N_KILLS      10
#define N_KILLS_LONG 50 /* with MG_TEST_LONG */

/* What the child says, in one write each. */
typedef struct
{
  gboolean ready; /* the first: the window shows the image */
  gint64 time;
  guint8 digest[DIGEST_SIZE];
  double x, y, zoom; /* of the image's corner on the screen */
} Said;

static void
get_digest (MgAnnotation *annotation,
            guint8 *digest)
{
  g_autoptr (MgMaskStack) stack = mg_annotation_snapshot (annotation);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree guint32 *raster = g_new0 (guint32, SIZE * SIZE);
  gsize size = DIGEST_SIZE;

  if (mg_mask_stack_get (stack, 0) != NULL)
    mg_mask_read (mg_mask_stack_get (stack, 0), &(MgRect){ 0, 0, SIZE, SIZE }, raster, SIZE * sizeof *raster);
  g_checksum_update (checksum, (guint8 *) raster, SIZE * SIZE * sizeof *raster);
  g_checksum_get_digest (checksum, digest, &size);
}

static void
say (MgAnnotation *annotation,
     Said *said)
{
  said->time = g_get_monotonic_time ();
  get_digest (annotation, said->digest);
  g_assert_cmpint (write (STDOUT_FILENO, said, sizeof *said), ==, sizeof *said);
}

static void
on_changed (MgAnnotation *annotation,
            gpointer data)
{
  say (annotation, &(Said){ 0 });
}

/* The window on one image, until it is killed. */
static void G_GNUC_NORETURN
run_child (const char *path)
{
  Display *display = display_open ();
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MgAnnotation *annotation;
  Said said = { .ready = TRUE };
  int x0, y0, x1, y1;

  display_open_file (display, file);
  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 3.0, NULL);
  annotation = mg_document_get_annotation (display_get_document (display));
  g_signal_connect_after (annotation, "changed", G_CALLBACK (on_changed), NULL);
  display_place (display, 0, 0, &x0, &y0);
  display_place (display, 100, 100, &x1, &y1);
  said.x = x0;
  said.y = y0;
  said.zoom = (x1 - x0) / 100.0;
  say (annotation, &said);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

/* Strokes, undo and saving, one after another without a pause for breath. */
static GPid
start_drawing (MgRng *rng,
               const Said *place)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  GPid pid;
  g_autoptr (GError) error = NULL;

#define ADD(...) g_ptr_array_add (argv, g_strdup_printf (__VA_ARGS__))
  ADD ("xdotool");
  for (int i = 0; i < 60; i++)
    {
      double x = mg_rng_range (rng, 10, SIZE - 30), y = mg_rng_range (rng, 10, SIZE - 30), chance = mg_rng_range (rng, 0, 1);

      for (int k = 0; k < 5; k++)
        {
          ADD ("mousemove");
          ADD ("%d", (int) (place->x + place->zoom * (x + k * mg_rng_range (rng, 0, 5))));
          ADD ("%d", (int) (place->y + place->zoom * (y + k * mg_rng_range (rng, 0, 5))));
          if (k == 0)
            {
              ADD ("mousedown");
              ADD ("1");
            }
          ADD ("sleep");
          ADD ("0.01");
        }
      ADD ("mouseup");
      ADD ("1");
      if (chance < 0.3)
        {
          ADD ("key");
          ADD (chance < 0.15 ? "ctrl+z" : "ctrl+s");
        }
    }
#undef ADD
  g_ptr_array_add (argv, NULL);
  g_assert_true (g_spawn_async (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                                NULL, NULL, &pid, &error));
  g_assert_no_error (error);
  return pid;
}

static gboolean
hear (int fd,
      Said *said)
{
  gssize n;

  do
    n = read (fd, said, sizeof *said);
  while (n < 0 && errno == EINTR);
  return n == sizeof *said;
}

static void
end (GPid pid,
     int signal)
{
  kill (pid, signal);
  waitpid (pid, NULL, 0);
}

typedef struct
{
  guint n_edits, n_kills, n_behind; /* kills after which an edit of the last moment was missing */
} Count;

/* What is shown now is one of the states that were there in the last moment. */
static void
check (GArray *states,
       const Said *now,
       gint64 killed,
       Count *count)
{
  gint first = 0;

  if (states->len == 0)
    return;
  for (guint i = 0; i < states->len; i++)
    if (g_array_index (states, Said, i).time < killed - GRACE_US)
      first = (gint) i;
  for (gint i = (gint) states->len - 1; i >= first; i--)
    if (memcmp (g_array_index (states, Said, i).digest, now->digest, DIGEST_SIZE) == 0)
      {
        count->n_behind += i < (gint) states->len - 1;
        return;
      }
  g_test_message ("after kill %u of %u edits", count->n_kills, states->len);
  g_assert_not_reached ();
}

static void
run_once (const char *path,
          MgRng *rng,
          GArray *states,
          gint64 *killed,
          Count *count)
{
  const char *argv[] = { "/proc/self/exe", "--child", path, NULL };
  GPid child, drawing;
  Said said;
  int fd;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                           &child, NULL, &fd, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (hear (fd, &said));
  g_assert_true (said.ready);
  check (states, &said, *killed, count);
  g_array_set_size (states, 0);
  g_array_append_val (states, said);
  drawing = start_drawing (rng, &said);
  g_usleep ((gulong) (mg_rng_range (rng, 0.05, 1.0) * G_USEC_PER_SEC));
  *killed = g_get_monotonic_time ();
  end (child, SIGKILL);
  end (drawing, SIGKILL);
  while (hear (fd, &said))
    g_array_append_val (states, said);
  close (fd);
  display_xdotool ("mouseup 1 keyup ctrl");
  count->n_edits += states->len - 1;
  count->n_kills++;
}

static void
test_kill (void)
{
  const MgSampleOptions options = { .n_images = 1, .size = SIZE, .seed = 3 };
  g_autofree char *path = g_dir_make_tmp ("mg-kill-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) images = g_file_get_child (folder, "images");
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (Said));
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", path);
  int n = g_getenv ("MG_TEST_LONG") != NULL ? N_KILLS_LONG : N_KILLS;
  g_autoptr (GError) error = NULL;
  Count count = { 0 };
  gint64 killed = 0;
  MgRng rng;

  mg_rng_init (&rng, 11, 0);
  mg_sample_write (folder, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  files = mg_list_images (images, NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i <= n; i++)
    run_once (g_file_peek_path (files->pdata[0]), &rng, states, &killed, &count);
  g_test_message ("%u kills, %u edits; %u times one of the last %d ms was missing", count.n_kills, count.n_edits,
                  count.n_behind, (int) (GRACE_US / 1000));
  g_assert_cmpuint (count.n_edits, >, (guint) n);
  g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL);
}

int
main (int argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      adw_init ();
      run_child (argv[2]);
    }
  if (!display_start ())
    return 77;
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display/kill", test_kill);
  return display_test_run ();
}
