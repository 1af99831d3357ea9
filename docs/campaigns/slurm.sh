#!/usr/bin/env bash
# A verification as a job array; sounding is on the PATH, and the directory is shared:
#
#   job=$(sbatch --parsable --array=1-16 slurm.sh)
#   sbatch --dependency=afterany:"$job" --wrap 'sounding merge shards/*.json > report.json'
#
#SBATCH --job-name=sounding
#SBATCH --cpus-per-task=4
#SBATCH --mem=2G
set -euo pipefail
mkdir -p shards
sounding verify --effort "${EFFORT:-100}" --seed "${SEED:-1}" \
	--shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --json "shards/$SLURM_ARRAY_TASK_ID.json"
