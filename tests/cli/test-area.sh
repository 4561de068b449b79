# Part of test-cli.sh: what LABELS/ignored and LABELS/regions leave out of training
# is left out. Two runs that differ only there have the same curve; without the
# file they have not.

area_side=128

draw () { # KIND FILE BITS
  mkdir -p "$(dirname "$2")"
  python3 "$here/area.py" $area_side "$1" | make_tiff "$2" $area_side $area_side "$3" 1 $((area_side * area_side * $3 / 8))
}

# learn NAME IMAGES LABELS: the curve in NAME.curve, without what is the clock's
learn () {
  # shellcheck disable=SC2086
  "$cli" train --images "$2" --labels "$3" --steps 12 --steps-per-epoch 6 --validation-share 0 $small \
    --seed 3 --out "$1.safetensors" --log "$1.log" -q >out 2>err || return 1
  sed 's/"seconds":[^,]*,//' "$1.log" >"$1.curve"
  grep -q loss "$1.curve"
}

draw image area/images/a.tif 8
for labels in labels fewer; do
  draw $labels "area/$labels/a.tif" 16
  mkdir -p "area/$labels/regions"
  printf 'BX,BY,Width,Height\n0,0,%d,%d\n' $((area_side * 7 / 16)) $area_side >"area/$labels/regions/a.csv"
  cp -r "area/$labels" "area/$labels-whole"
  rm -r "area/$labels-whole/regions"
done
check "training with a region" learn inside area/images area/labels
check "training with a region, other labels outside" learn outside area/images area/fewer
check "labels outside of the regions change nothing" cmp inside.curve outside.curve
check "training without regions" learn whole area/images area/fewer-whole
check "without the file they do" eval '! cmp -s inside.curve whole.curve'
printf 'BX,BY,Width,Height,Page\n0,0,%d,%d,1\n' $((area_side * 7 / 16)) $area_side >area/fewer/regions/a.csv
check "training with a region of the only page" learn page area/images area/fewer
check "it is the same region" cmp inside.curve page.curve
printf 'BX,BY,Width,Height,Page\n0,0,50,50,2\n' >area/fewer/regions/a.csv
refused "a region of a page that is not there" 1 regions/a.csv "training regions" \
  "$cli" train --images area/images --labels area/fewer --steps 1 $small --out no.safetensors -q

# of the second image every pixel is ignored: what it shows does not matter
for image in image other; do
  draw image "area/$image-two/a.tif" 8
  draw $image "area/$image-two/b.tif" 8
done
draw labels area/two/a.tif 16
draw none area/two/b.tif 16
cp -r area/two area/two-whole
draw all area/two/ignored/b.tif 8
check "training with ignored pixels" learn ignored area/image-two area/two
check "training with ignored pixels, others shown there" learn ignored-other area/other-two area/two
check "what ignored pixels show changes nothing" cmp ignored.curve ignored-other.curve
check "training where they are background" learn background area/image-two area/two-whole
check "training where they are background, others shown" learn background-other area/other-two area/two-whole
check "as background it does" eval '! cmp -s background.curve background-other.curve'
check "and so does the file" eval '! cmp -s ignored.curve background.curve'

# of one image a half: cells stay cells under the mask
draw right area/labels-whole/ignored/a.tif 8
check "training with half of an image ignored" learn half area/images area/labels-whole
rm -r area/labels-whole/ignored
check "training with all of it" learn full area/images area/labels-whole
check "the half makes a difference" eval '! cmp -s half.curve full.curve'
