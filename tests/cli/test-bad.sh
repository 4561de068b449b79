# What a person can get wrong, and what can go wrong around a person.

train () { "$cli" train --out bad.safetensors --steps 2 $small "$@"; }
predict () { "$cli" predict --model model.safetensors --device cpu --out bad-out "$@"; }

# files
mkdir -p one/images one/labels
cp project/images/cells-001.tif one/images/a.tif
cp project/labels/cells-001.tif one/labels/a.tif

mkdir -p cut
head -c 3000 project/images/cells-001.tif >cut/cut.tif
refused 'a truncated TIFF' 1 cut.tif '' predict --images cut/cut.tif
refused 'info of a truncated TIFF' 1 cut.tif '' "$cli" info --digest cut/cut.tif
head -c 500 /dev/urandom >cut/noise.tif
refused 'a file that is no TIFF' 1 noise.tif '' "$cli" info cut/noise.tif
: >cut/empty.tif
refused 'an empty file' 1 empty.tif '' "$cli" info cut/empty.tif
make_tiff cut/zero.tif 0 0 8 1 0 </dev/null
refused 'an image of no pixel' 1 zero.tif '' "$cli" info cut/zero.tif
make_tiff cut/huge.tif 1000000 1000000 8 1 1000000000 </dev/null
refused 'an image of 10^12 pixels' 1 huge.tif '' "$cli" info --digest cut/huge.tif
refused 'predicting an image of 10^12 pixels' 1 huge.tif '' predict --images cut/huge.tif
refused 'a file that is not there' 1 nowhere.tif 'no such' predict --images nowhere.tif

# data
mkdir -p nothing text
echo hello >text/readme.txt
refused 'a folder without images' 1 nothing '' train --images nothing --labels project/labels
refused 'a folder of other files' 1 text '' predict --images text
mkdir -p sizes/images sizes/labels
cp project/images/cells-00[12].tif sizes/images
cp project/labels/cells-001.tif sizes/labels
"$cli" sample other --images 2 --size 64 -q >out 2>err
cp other/labels/cells-002.tif sizes/labels/cells-002.tif
refused 'labels of another size' 1 cells-002 '' train --images sizes/images --labels sizes/labels
rm sizes/labels/cells-002.tif
refused 'an image without labels' 1 cells-002.tif 'partner' train --images sizes/images --labels sizes/labels
cp project/labels/cells-00[123].tif sizes/labels
refused 'labels without an image' 1 cells-003.tif 'partner' train --images sizes/images --labels sizes/labels
mkdir -p blank/images blank/labels
cp project/images/cells-00[12].tif blank/images
for i in 1 2; do head -c 18432 /dev/zero | make_tiff blank/labels/cells-00$i.tif 96 96 16 1 18432; done
refused 'labels without any cell' 1 '' 'cell' train --images blank/images --labels blank/labels
mkdir -p flat/images
for i in 1 2; do head -c 9216 /dev/zero | tr '\0' '\7' | make_tiff flat/images/cells-00$i.tif 96 96 8 1 9216; done
mkdir -p flat/labels
cp project/labels/cells-00[12].tif flat/labels
refused 'constant images to learn from' 1 '' '(constant|same|single|one) ' train --images flat/images --labels flat/labels
run 'a constant image to predict' 0 'cells-001.tif: [0-9]+ cells' predict --images flat/images/cells-001.tif
mkdir -p nan/images
printf '\x00\x00\xc0\x7f%.0s' $(seq 9216) | make_tiff nan/images/cells-001.tif 96 96 32 3 36864
{ printf '\x00\x00\x80\x7f%.0s' $(seq 96); seq 20000 | head -c 36480; } | head -c 36864 |
  make_tiff nan/images/cells-002.tif 96 96 32 3 36864
run 'predicting NaN and infinities' 0 'cells-002.tif: [0-9]+ cells' predict --images nan/images
run 'one image only' 0 'trained: 2 steps' train --images one/images --labels one/labels

# settings
refused 'no length at all' 2 'steps' '' "$cli" train --images project/images --labels project/labels --out x.safetensors --steps -1
refused 'two lengths' 2 'minutes' '' "$cli" train --images project/images --labels project/labels --out x.safetensors --steps 1 --minutes 1
refused 'an unknown recipe' 2 'magic' '' "$cli" train --images project/images --labels project/labels --out x.safetensors --recipe magic
refused 'a patch that does not fit' 2 '100' '' "$cli" train --images project/images --labels project/labels --out x.safetensors --patch 100
refused 'no model given' 2 '--model' '' "$cli" predict --images project/images --out p
refused 'predictions over their images' 2 'cells-001.tif' '' "$cli" predict --model model.safetensors --images project/images --out project/images
refused 'a number that is none' 2 'many' '' "$cli" train --steps many

# models
cp project/images/cells-001.tif model.tif
refused 'an image as a model' 1 model.tif '' "$cli" predict --model model.tif --images project/images --out bad-out
head -c 20000 model.safetensors >half.safetensors
refused 'half a model' 1 half.safetensors '' "$cli" predict --model half.safetensors --images project/images --out bad-out
sed 's/base_filters\\":8/base_filters\\":4/' model.safetensors >other.safetensors
refused 'a model whose network does not match' 1 other.safetensors 'size' "$cli" predict --model other.safetensors --images project/images --out bad-out
refused 'a model that is not there' 1 none.safetensors '' "$cli" predict --model none.safetensors --images project/images --out bad-out
refused 'resuming from something else' 1 r.safetensors.checkpoint '' \
  sh -c "cp model.safetensors r.safetensors.checkpoint; '$cli' train --images project/images --labels project/labels --out r.safetensors --steps 2 --resume $small"

run 'nothing to resume is told' 0 'n.safetensors.checkpoint: there is no' "$cli" train --images project/images --labels project/labels \
  --out n.safetensors --steps 2 --resume $small

# folders and disks
locked=locked
mkdir locked
chmod 555 locked
if touch locked/probe 2>err; then rm locked/probe; locked=/proc/self; fi # root may write anywhere but there
refused 'a read-only folder for the model' 1 "$locked" '' "$cli" train --images project/images --labels project/labels \
  --out $locked/model.safetensors --steps 2 $small
refused 'a read-only folder for predictions' 1 "$locked" '' "$cli" predict --model model.safetensors --images project/images --out $locked/p
refused 'a read-only folder for the table' 1 "$locked" '' "$cli" measure --labels project/labels --images project/images --out $locked/t.csv
mkdir full
# a limit of 1 KiB on the size of files fails as a full disk does
refused 'a full disk for predictions' 1 full '' \
  bash -c "trap '' XFSZ; ulimit -f 1; exec '$cli' predict --model model.safetensors --images project/test/images --out full --maps -q"
check 'nothing half-written stays' same_files full/maps ''
rm -r full/*
bash -c "trap '' XFSZ; ulimit -f 1; exec '$cli' train --images project/images --labels project/labels --out full/m.safetensors --steps 2 -q $small" >out 2>err
check 'a full disk for the model is told' sh -c "test $? -eq 1 && grep -q 'full/m.safetensors' err"
check 'no half-written model stays' same_files full ''

# a real disk, of memory, in a name space of one's own
cat >full-disk.sh <<'END'
mount -t tmpfs -o size=4m none disk && cd disk && cp -r ../project . && cp ../model.safetensors . || exit 77
cat /dev/zero >fill 2>/dev/null
lost () { # WHAT NAMED COMMAND…: fails with one sentence that names the file, and leaves nothing of it
  what=$1 named=$2 lines=${LINES:-1}; shift 2
  "$@" >../out 2>../err && echo "$what: not told"
  grep -q "$named: the disk is full" ../err && [ "$(wc -l <../err)" -eq "$lines" ] || { echo "$what: $(cat ../err)"; }
  [ -z "$(find . -name '.*.??????' -o -path ./project -prune -o -size -1c -type f -print)" ] || { echo "$what left:"; find . -name '.*'; }
}
images="--images project/images --labels project/labels"
mkdir ../room; export TMPDIR=$PWD/../room
LINES=3 lost 'a model' m.safetensors "$cli" train $images --out m.safetensors --steps 2 -q $small
[ -s ../room/m.safetensors ] || echo 'the model is not kept elsewhere'
lost 'predictions' cells-001.tif "$cli" predict --model model.safetensors --images project/images --out found -q --device cpu
lost 'a table' t.csv "$cli" measure --labels project/labels --images project/images --out t.csv -q
lost 'ROIs' cells-001.zip "$cli" export --labels project/labels --out rois --format imagej -q
lost 'GeoJSON' cells-001.geojson "$cli" export --labels project/labels --out geojson --format geojson -q
lost 'labels' imported.tif "$cli" import --from project/labels/cells-001.tif --out imported.tif -q
lost 'a report' r.pdf "$cli" report --model model.safetensors --out r.pdf -q
lost 'a picture' r.png "$cli" report --model model.safetensors --out r.png -q
lost 'a sample' cells-001.tif "$cli" sample other --images 1 --size 96 -q
rm fill
"$cli" predict --model model.safetensors --images project/images --out found -q --device cpu >../out 2>../err || cat ../err
END
mkdir disk
if unshare -rm true 2>err; then
  cli=$cli small=$small unshare -rm bash full-disk.sh >said 2>&1
  status=$?
  cat said >&2
  check 'a really full disk: each file is named, nothing half-written stays' test $status -eq 0 -a ! -s said
else
  echo "# no name space of one's own can be had here ($(cat err)): limits on files stand for a full disk"
fi

# signals
"$cli" train --images project/images --labels project/labels --out stopped.safetensors --steps 1000000 --log stopped.jsonl -q $small >out 2>err &
pid=$!
for _ in $(seq 300); do
  [ "$(cat stopped.jsonl 2>/dev/null | wc -l)" -ge 5 ] && break
  sleep 0.2
done
kill -INT $pid
wait $pid
check 'SIGINT ends training with 130' test $? -eq 130
run 'the model it kept works' 0 'cells' predict --images project/test/images/cells-005.tif --model stopped.safetensors
run 'the run goes on with --resume' 0 'trained: [0-9]+ steps' "$cli" train --images project/images --labels project/labels \
  --out stopped.safetensors --minutes 0.01 --resume $small
# killed while it keeps what it learned
lost=0 kept=0
for i in $(seq ${MG_TEST_LONG:+2}5); do
  rm -f killed.*
  "$cli" train --images project/images --labels project/labels --out killed.safetensors --steps 1000000 --log killed.jsonl -q $small >out 2>err &
  pid=$!
  for _ in $(seq 300); do
    [ "$(cat killed.jsonl 2>/dev/null | wc -l)" -ge 2 ] && break
    sleep 0.1
  done
  kill -INT $pid
  sleep 0.0$((RANDOM % 10))
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
  for file in killed.safetensors killed.safetensors.checkpoint; do
    [ -e $file ] || continue
    kept=$((kept + 1))
    if [ $file = killed.safetensors ]; then
      "$cli" report --model $file --out killed.svg -q >out 2>err || lost=1
    else
      "$cli" train --images project/images --labels project/labels --out killed.safetensors --minutes 0.001 --resume -q $small >out 2>err || lost=1
    fi
  done
  [ $lost -eq 0 ] || break
done
echo "# $i kills, $kept models and states of runs were there"
check 'killed while saving, models and states of runs are whole or not there' test $lost -eq 0
check 'no temporary file stays' sh -c 'test -z "$(find . -name ".?*" -o -name "*~")"'
