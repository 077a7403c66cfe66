from onggi.kinds.core.persistentvolume.kind import PERSISTENTVOLUME as PERSISTENTVOLUME
