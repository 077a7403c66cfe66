from onggi.kinds.batch.job.kind import JOB as JOB
