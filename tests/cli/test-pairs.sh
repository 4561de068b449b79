# Pairs of noisy and clean images, and what is wrong with them.

scene () { # FILE SIDE WORDS…: a scene as a 16-bit TIFF
  local file=$1 side=$2
  shift 2
  python3 "$here/scene.py" "$side" "$@" | make_tiff "$file" "$side" "$side" 16 1 $((side * side * 2))
}
care () { "$cli" train --recipe care --images pairs/$1/noisy --clean pairs/$1/clean --out pairs/m.safetensors --steps 2 -q $small "${@:2}"; }
restore () { "$cli" predict --model pairs/m.safetensors --device cpu --out pairs/out "$@"; }
new_pairs () { # NAME: two good pairs
  mkdir -p pairs/$1/noisy pairs/$1/clean
  for i in 1 2; do
    cp pairs/noisy$i.tif pairs/$1/noisy/$i.tif
    cp pairs/clean.tif pairs/$1/clean/$i.tif
  done
}

mkdir pairs
scene pairs/clean.tif 96 0 1
for i in 1 2; do scene pairs/noisy$i.tif 96 $i 1 20; done

new_pairs good
run 'good pairs are learned from without a word' 0 'validation: PSNR' care good
check 'and nothing is said' test ! -s err

new_pairs size
scene pairs/size/clean/2.tif 64 0 1
refused 'a clean image of another size' 1 size/noisy/2.tif '96 × 96 .* 64 × 64' care size
new_pairs count
rm pairs/count/clean/2.tif
refused 'a noisy image without its clean one' 1 count/noisy/2.tif 'partner' care count
new_pairs more
cp pairs/clean.tif pairs/more/clean/3.tif
refused 'a clean image without its noisy one' 1 more/clean/3.tif 'partner' care more
new_pairs constant
head -c 18432 /dev/zero | make_tiff pairs/constant/noisy/2.tif 96 96 16 1 18432
refused 'a constant noisy image' 1 constant/noisy/2.tif 'same value' care constant
cp pairs/constant/noisy/2.tif pairs/constant/clean/2.tif
cp pairs/noisy2.tif pairs/constant/noisy/2.tif
refused 'a constant clean image' 1 constant/noisy/2.tif 'clean image has the same value' care constant

new_pairs bright
for i in 1 2; do scene pairs/bright/clean/$i.tif 96 0 100; done
run 'clean images a hundred times as bright' 0 'noisy/1.tif: the clean image.s range is [0-9.]+ times' care bright
new_pairs clipped
scene pairs/clipped/noisy/1.tif 96 1 1 20 clip
run 'a saturated image is named' 0 'noisy/1.tif: 10 % of the image is saturated' care clipped
new_pairs nan
for side in noisy clean; do
  python3 "$here/scene.py" 96 3 1 20 nan | make_tiff pairs/nan/$side/1.tif 96 96 32 3 36864
done
run 'pixels that are not numbers are counted' 0 'noisy/1.tif: [0-9]+ pixels of the image are not numbers' care nan
new_pairs hot
scene pairs/hot/noisy/1.tif 96 1 1 20 hot
run 'hot pixels are counted' 0 'noisy/1.tif: [0-9]+ hot or dead pixels of the image' care hot
mkdir -p pairs/one/noisy pairs/one/clean
cp pairs/noisy1.tif pairs/one/noisy/1.tif
cp pairs/clean.tif pairs/one/clean/1.tif
run 'one pair only' 0 'validation: PSNR' care one
run 'a second noisy image for a clean one' 0 'validation: PSNR' \
  sh -c "cp pairs/noisy2.tif pairs/one/clean/1.tif; '$cli' train --recipe care --images pairs/one/noisy --clean pairs/one/clean \
    --out pairs/n.safetensors --steps 2 -q $small"
run 'one noisy image alone' 0 'trained: 2 steps' "$cli" train --recipe n2v --images pairs/one/noisy --out pairs/n.safetensors --steps 2 -q $small

mkdir -p pairs/shifted/noisy pairs/shifted/clean
scene pairs/shifted/noisy/1.tif 128 1 1 20
scene pairs/shifted/clean/1.tif 128 0 1 0 6 -4
run 'a shifted pair is told' 0 'noisy/1.tif: the clean image is shifted by [56]\.[0-9] pixels to the right and [34]\.[0-9] up' care shifted
run 'and aligned when asked' 0 'noisy/1.tif: .* aligned to the pixel' care shifted --align

run 'restoring an image with NaN' 0 'out/1.tif' restore pairs/nan/noisy/1.tif
head -c 18432 /dev/zero | tr '\0' '\7' | make_tiff pairs/c.tif 96 96 16 1 18432
run 'restoring a constant image' 0 'out/c.tif' restore pairs/c.tif
run 'restoring an image with hot pixels' 0 'out/1.tif' restore pairs/hot/noisy/1.tif
run 'restoring a saturated image' 0 'out/1.tif' restore pairs/clipped/noisy/1.tif

# a movie of thousands of frames, in little memory
python3 "$here/movie.py" 2000 48 >pairs/movie.tif
peak () { python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print("peak:", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, "MiB")
sys.exit(status)' "$@"; }
run 'restoring 2000 frames' 0 'out/movie.tif' peak "$cli" predict --model pairs/m.safetensors --device cpu --memory 64 --out pairs/out pairs/movie.tif
# a sanitizer's own memory would be counted too
ldd "$cli" | grep -q libasan ||
  check 'takes little memory' test "$(sed -n 's/peak: \([0-9]*\) MiB/\1/p' out)" -lt 150
run 'the movie keeps its frames' 0 '48 × 48 pixels, 1 channels, 1 slices, 2000 frames' "$cli" info pairs/out/movie.tif
check 'its type' grep -q 'type: uint16' out
check 'its pixel size' grep -q 'pixel size: 0.2 × 0.2 µm' out
check 'its time between frames' grep -q 'time between frames: 0.5 s' out
check 'and says so to ImageJ' grep -qa 'ImageJ=.*' pairs/out/movie.tif
run 'a stack is restored in all orientations' 0 'out/short.tif' \
  sh -c "python3 '$here/movie.py' 3 48 >pairs/short.tif; '$cli' predict --model pairs/m.safetensors --device cpu --augment --out pairs/out pairs/short.tif"
