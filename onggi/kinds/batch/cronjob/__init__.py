from onggi.kinds.batch.cronjob.kind import CRONJOB as CRONJOB
