#include "io/strict-json.h"

#include <math.h>
#include <string.h>

/* Digits that a double holds exactly, and so its quotient by a power of ten
 * that it holds exactly too is the nearest number there is. */
#define EXACT_DIGITS 15

/* No file of this program nests deeper. */
#define MAX_DEPTH 32

gboolean
_mg_strict_json_fail (MgStrictJson *json,
                      const char *why)
{
  if (json->why == NULL)
    json->why = why;
  json->at = json->end;
  return FALSE;
}

static void
skip_space (MgStrictJson *json)
{
  while (json->at < json->end && strchr (" \t\r\n", *json->at) != NULL && *json->at != '\0')
    json->at++;
}

/* Whether the next sign is `wanted`; it is not used up. */
gboolean
_mg_strict_json_peek (MgStrictJson *json,
                      char wanted)
{
  skip_space (json);
  return json->why == NULL && json->at < json->end && *json->at == wanted;
}

/* Uses up the sign `wanted`; anything else is a failure. */
gboolean
_mg_strict_json_take (MgStrictJson *json,
                      char wanted)
{
  if (!_mg_strict_json_peek (json, wanted))
    return _mg_strict_json_fail (json, "its text is not JSON as it should be");
  json->at++;
  return TRUE;
}

/* For each member of an object or array after its opening sign: FALSE at the
 * closing sign, which is used up, and after a failure. */
gboolean
_mg_strict_json_next (MgStrictJson *json,
                      char close,
                      gboolean *first)
{
  if (_mg_strict_json_peek (json, close))
    {
      json->at++;
      return FALSE;
    }
  if (!*first && !_mg_strict_json_take (json, ','))
    return FALSE;
  *first = FALSE;
  return json->why == NULL;
}

static gboolean
take_hex (MgStrictJson *json, gunichar *out)
{
  *out = 0;
  if (json->end - json->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (json->at[i]);

      if (digit < 0)
        return FALSE;
      *out = *out << 4 | (gunichar) digit;
    }
  json->at += 4;
  return TRUE;
}

/* What follows "\u", with the second half of a pair. */
static gboolean
take_unicode (MgStrictJson *json, GString *text)
{
  gunichar c, low;

  if (!take_hex (json, &c))
    return FALSE;
  if (c >= 0xd800 && c < 0xdc00)
    {
      if (json->end - json->at < 2 || json->at[0] != '\\' || json->at[1] != 'u')
        return FALSE;
      json->at += 2;
      if (!take_hex (json, &low) || low < 0xdc00 || low >= 0xe000)
        return FALSE;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  if (c == 0 || !g_unichar_validate (c))
    return FALSE;
  g_string_append_unichar (text, c);
  return TRUE;
}

static gboolean
take_escape (MgStrictJson *json, GString *text)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;
  char c;

  if (json->at >= json->end || *json->at == '\0')
    return FALSE;
  c = *json->at++;
  if (c == 'u')
    return take_unicode (json, text);
  found = strchr (from, c);
  if (found == NULL)
    return FALSE;
  g_string_append_c (text, to[found - from]);
  return TRUE;
}

/* (transfer full): the string that comes next, NULL on a failure */
char *
_mg_strict_json_string (MgStrictJson *json)
{
  GString *text;

  if (!_mg_strict_json_take (json, '"'))
    return NULL;
  text = g_string_new (NULL);
  while (json->at < json->end && *json->at != '"')
    {
      guint8 c = (guint8) *json->at++;

      if (c < 0x20 || (c == '\\' && !take_escape (json, text)))
        {
          _mg_strict_json_fail (json, "its text is not JSON as it should be");
          break;
        }
      if (c != '\\')
        g_string_append_c (text, (char) c);
    }
  if (!_mg_strict_json_take (json, '"') || !g_utf8_validate (text->str, (gssize) text->len, NULL))
    {
      _mg_strict_json_fail (json, "its JSON has text that is not UTF-8");
      g_string_free (text, TRUE);
      return NULL;
    }
  return g_string_free (text, FALSE);
}

/* A whole number from 0 up, below 2^63. */
gboolean
_mg_strict_json_count (MgStrictJson *json,
                       guint64 *out)
{
  const char *start;

  skip_space (json);
  start = json->at;
  *out = 0;
  while (json->at < json->end && g_ascii_isdigit (*json->at))
    {
      guint64 digit = (guint64) g_ascii_digit_value (*json->at++);

      if (*out > (G_MAXINT64 - digit) / 10)
        return _mg_strict_json_fail (json, "its JSON has a number that is far too large");
      *out = *out * 10 + digit;
    }
  if (json->at == start || (*start == '0' && json->at - start > 1))
    return _mg_strict_json_fail (json, "its JSON has something else where a whole number should be");
  return TRUE;
}

/* Any finite number; the text must end in a zero byte after `end`. */
gboolean
_mg_strict_json_number (MgStrictJson *json,
                        double *out)
{
  static const double powers[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  const char *at, *digits, *point = NULL;
  guint64 value = 0;
  char *end;

  skip_space (json);
  at = json->at;
  if (at < json->end && *at == '-')
    at++;
  for (digits = at; at < json->end && (g_ascii_isdigit (*at) || (*at == '.' && point == NULL)) && at - digits <= EXACT_DIGITS; at++)
    if (*at == '.')
      point = at;
    else
      value = value * 10 + (guint64) g_ascii_digit_value (*at);
  if (at == digits || point == digits)
    return _mg_strict_json_fail (json, "its JSON has something else where a number should be");
  if (at - digits <= EXACT_DIGITS && (at >= json->end || (*at != 'e' && *at != 'E' && *at != '.')))
    {
      *out = (double) value / powers[point != NULL ? at - point - 1 : 0];
      if (*json->at == '-')
        *out = -*out;
      json->at = at;
      return TRUE;
    }
  *out = g_ascii_strtod (json->at, &end);
  if (end > json->end || !isfinite (*out))
    return _mg_strict_json_fail (json, "its JSON has a number that is far too large");
  json->at = end;
  return TRUE;
}

/* Uses up one value of any kind, however deep; of what is inside, only texts
 * and brackets are looked at. */
gboolean
_mg_strict_json_skip (MgStrictJson *json)
{
  static const char breaks[] = "{}[]\",:";
  guint depth = 0;

  do
    {
      g_autofree char *text = NULL;

      skip_space (json);
      if (json->at >= json->end)
        return _mg_strict_json_fail (json, "its JSON ends too early");
      if (*json->at == '"')
        {
          if ((text = _mg_strict_json_string (json)) == NULL)
            return FALSE;
        }
      else if (*json->at == '{' || *json->at == '[')
        {
          depth++;
          json->at++;
        }
      else if (depth > 0 && (*json->at == '}' || *json->at == ']'))
        {
          depth--;
          json->at++;
        }
      else if (depth > 0 && (*json->at == ',' || *json->at == ':'))
        json->at++;
      else
        {
          const char *start = json->at;

          while (json->at < json->end && !g_ascii_isspace (*json->at) && (*json->at == '\0' || strchr (breaks, *json->at) == NULL))
            json->at++;
          if (json->at == start)
            return _mg_strict_json_fail (json, "its text is not JSON as it should be");
        }
    }
  while (depth > 0);
  return TRUE;
}

/* TRUE when only white space is left. */
gboolean
_mg_strict_json_end (MgStrictJson *json)
{
  skip_space (json);
  return json->why == NULL && json->at == json->end;
}

/* Appends a text in quotes. */
void
_mg_strict_json_quote (GString *out,
                       const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guint8) *p < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

/* Whether json-glib may be given a text: it calls itself for every bracket, so
 * the depth is looked at first, and keeps the memory of what comes before or after
 * an object, so that there may be nothing else. */
gboolean
_mg_json_is_object (const char *text,
                    gsize length)
{
  MgStrictJson json = { text, text + length };
  guint depth = 0;
  gboolean in_string = FALSE;

  if (!_mg_strict_json_peek (&json, '{') || !_mg_strict_json_skip (&json) || !_mg_strict_json_end (&json))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (in_string && text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = !in_string;
      else if (!in_string && (text[i] == '{' || text[i] == '['))
        {
          if (++depth > MAX_DEPTH)
            return FALSE;
        }
      else if (!in_string && (text[i] == '}' || text[i] == ']') && depth > 0)
        depth--;
    }
  return TRUE;
}
