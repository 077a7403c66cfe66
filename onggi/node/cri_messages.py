"""Plain data ⇄ CRI's protobuf messages. Nothing else knows both. No I/O.

Source: ``k8s.io/cri-api/pkg/apis/runtime/v1/api.proto``.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from cri_api.v1 import api_pb2 as pb

from onggi.node import configs as c
from onggi.node import runtime as r

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(nanoseconds: int) -> datetime | None:
    """CRI writes 0 for "never"."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000) if nanoseconds > 0 else None


def known_moment(nanoseconds: int) -> datetime:
    return moment(nanoseconds) or EPOCH


def int64(value: int | None) -> Any:
    return None if value is None else pb.Int64Value(value=value)


def namespaces(n: c.Namespaces) -> Any:
    mode = pb.NamespaceMode.Value
    return pb.NamespaceOption(
        network=mode(n.network), pid=mode(n.pid), ipc=mode(n.ipc), target_id=n.target_id
    )


def profile(p: c.SecurityProfile | None) -> Any:
    if p is None:
        return None
    kind = pb.SecurityProfile.ProfileType.Value(p.type)
    return pb.SecurityProfile(profile_type=kind, localhost_ref=p.localhost_ref)


def resources(res: c.Resources | None) -> Any:
    if res is None:
        return None
    return pb.LinuxContainerResources(
        cpu_period=res.cpu_period,
        cpu_quota=res.cpu_quota,
        cpu_shares=res.cpu_shares,
        memory_limit_in_bytes=res.memory_limit,
        memory_swap_limit_in_bytes=res.memory_swap_limit,
        oom_score_adj=res.oom_score_adj,
        cpuset_cpus=res.cpuset_cpus,
        cpuset_mems=res.cpuset_mems,
        unified=dict(res.unified),
        hugepage_limits=[
            pb.HugepageLimit(page_size=size, limit=limit)
            for size, limit in res.hugepage_limits.items()
        ],
    )


def sandbox_security(s: c.SandboxSecurity) -> Any:
    return pb.LinuxSandboxSecurityContext(
        namespace_options=namespaces(s.namespaces),
        run_as_user=int64(s.run_as_user),
        run_as_group=int64(s.run_as_group),
        supplemental_groups=s.supplemental_groups,
        supplemental_groups_policy=pb.SupplementalGroupsPolicy.Value(s.supplemental_groups_policy),
        readonly_rootfs=s.readonly_rootfs,
        privileged=s.privileged,
        seccomp=profile(s.seccomp),
        apparmor=profile(s.apparmor),
    )


def sandbox_config(s: c.SandboxConfig) -> Any:
    return pb.PodSandboxConfig(
        metadata=pb.PodSandboxMetadata(
            name=s.name, uid=s.uid, namespace=s.namespace, attempt=s.attempt
        ),
        hostname=s.hostname,
        log_directory=s.log_directory,
        dns_config=pb.DNSConfig(
            servers=s.dns.servers, searches=s.dns.searches, options=s.dns.options
        )
        if s.dns
        else None,
        port_mappings=[
            pb.PortMapping(
                protocol=pb.Protocol.Value(p.protocol),
                container_port=p.container_port,
                host_port=p.host_port,
                host_ip=p.host_ip,
            )
            for p in s.port_mappings
        ],
        labels=dict(s.labels),
        annotations=dict(s.annotations),
        linux=pb.LinuxPodSandboxConfig(
            cgroup_parent=s.cgroup_parent,
            sysctls=dict(s.sysctls),
            security_context=sandbox_security(s.security),
            overhead=resources(s.overhead),
            resources=resources(s.resources),
        ),
    )


def container_security(s: c.Security) -> Any:
    return pb.LinuxContainerSecurityContext(
        capabilities=pb.Capability(
            add_capabilities=s.add_capabilities, drop_capabilities=s.drop_capabilities
        ),
        privileged=s.privileged,
        namespace_options=namespaces(s.namespaces),
        run_as_user=int64(s.run_as_user),
        run_as_group=int64(s.run_as_group),
        run_as_username=s.run_as_username,
        readonly_rootfs=s.readonly_rootfs,
        supplemental_groups=s.supplemental_groups,
        supplemental_groups_policy=pb.SupplementalGroupsPolicy.Value(s.supplemental_groups_policy),
        no_new_privs=s.no_new_privs,
        masked_paths=s.masked_paths,
        readonly_paths=s.readonly_paths,
        seccomp=profile(s.seccomp),
        apparmor=profile(s.apparmor),
    )


def mount(m: c.Mount) -> Any:
    return pb.Mount(
        container_path=m.container_path,
        host_path=m.host_path,
        readonly=m.readonly,
        recursive_read_only=m.recursive_read_only,
        propagation=pb.MountPropagation.Value(m.propagation),
        selinux_relabel=m.selinux_relabel,
    )


def container_config(s: c.ContainerConfig) -> Any:
    message = pb.ContainerConfig(
        metadata=pb.ContainerMetadata(name=s.name, attempt=s.attempt),
        image=pb.ImageSpec(image=s.image, user_specified_image=s.user_specified_image),
        command=s.command,
        args=s.args,
        working_dir=s.working_dir,
        envs=[pb.KeyValue(key=key, value=value) for key, value in s.envs],
        mounts=[mount(m) for m in s.mounts],
        devices=[
            pb.Device(
                container_path=d.container_path, host_path=d.host_path, permissions=d.permissions
            )
            for d in s.devices
        ],
        labels=dict(s.labels),
        annotations=dict(s.annotations),
        log_path=s.log_path,
        stdin=s.stdin,
        stdin_once=s.stdin_once,
        tty=s.tty,
        linux=pb.LinuxContainerConfig(
            resources=resources(s.resources), security_context=container_security(s.security)
        ),
    )
    if s.stop_signal:
        message.stop_signal = pb.Signal.Value(s.stop_signal)
    return message


def read_mount(m: Any) -> c.Mount:
    return c.Mount(
        container_path=m.container_path,
        host_path=m.host_path,
        readonly=m.readonly,
        recursive_read_only=m.recursive_read_only,
        propagation=c.Propagation(pb.MountPropagation.Name(m.propagation)),
        selinux_relabel=m.selinux_relabel,
    )


def read_resources(m: Any) -> c.Resources:
    return c.Resources(
        cpu_period=m.cpu_period,
        cpu_quota=m.cpu_quota,
        cpu_shares=m.cpu_shares,
        memory_limit=m.memory_limit_in_bytes,
        memory_swap_limit=m.memory_swap_limit_in_bytes,
        oom_score_adj=m.oom_score_adj,
        cpuset_cpus=m.cpuset_cpus,
        cpuset_mems=m.cpuset_mems,
        unified=dict(m.unified),
        hugepage_limits={h.page_size: h.limit for h in m.hugepage_limits},
    )


def read_user(m: Any) -> r.User:
    return r.User(uid=m.uid, gid=m.gid, supplemental_groups=tuple(m.supplemental_groups))


def read_sandbox(m: Any) -> r.Sandbox:
    """From a list entry."""
    return r.Sandbox(
        id=m.id,
        name=m.metadata.name,
        namespace=m.metadata.namespace,
        uid=m.metadata.uid,
        attempt=m.metadata.attempt,
        state=r.SandboxState(pb.PodSandboxState.Name(m.state)),
        created_at=known_moment(m.created_at),
        labels=dict(m.labels),
        annotations=dict(m.annotations),
    )


def read_sandbox_status(m: Any) -> r.Sandbox:
    options = m.linux.namespaces.options
    host = options.network == pb.NamespaceMode.Value("NODE")
    ips = (m.network.ip, *(extra.ip for extra in m.network.additional_ips))
    short = read_sandbox(m)
    return r.Sandbox(
        **{**short.__dict__, "host_network": host, "ips": tuple(ip for ip in ips if ip)}
    )


def read_container(m: Any) -> r.Container:
    """From a list entry."""
    return r.Container(
        id=m.id,
        sandbox_id=m.pod_sandbox_id,
        name=m.metadata.name,
        attempt=m.metadata.attempt,
        image=m.image.image,
        image_ref=m.image_ref,
        state=r.ContainerState(pb.ContainerState.Name(m.state)),
        created_at=known_moment(m.created_at),
        labels=dict(m.labels),
        annotations=dict(m.annotations),
    )


def read_container_status(m: Any) -> r.Container:
    """From a status, which does not name the sandbox."""
    return r.Container(
        id=m.id,
        sandbox_id="",
        name=m.metadata.name,
        attempt=m.metadata.attempt,
        image=m.image.image,
        image_ref=m.image_ref,
        state=r.ContainerState(pb.ContainerState.Name(m.state)),
        created_at=known_moment(m.created_at),
        labels=dict(m.labels),
        annotations=dict(m.annotations),
        started_at=moment(m.started_at),
        # containerd stamps the start once it has returned: a quick program has ended by then
        finished_at=moment(max(m.finished_at, m.started_at) if m.finished_at else 0),
        exit_code=m.exit_code,
        reason=m.reason,
        message=m.message,
        log_path=m.log_path,
        mounts=tuple(read_mount(each) for each in m.mounts),
        resources=read_resources(m.resources.linux) if m.HasField("resources") else None,
        user=read_user(m.user.linux) if m.HasField("user") else None,
    )


def read_image(m: Any) -> r.Image:
    uid = m.uid.value if m.HasField("uid") else None
    return r.Image(
        id=m.id,
        repo_tags=tuple(m.repo_tags),
        repo_digests=tuple(m.repo_digests),
        size=m.size,
        user=r.ImageUser(uid=uid, username=m.username),
        pinned=m.pinned,
    )


def read_filesystem(m: Any) -> r.FilesystemUsage:
    return r.FilesystemUsage(
        mountpoint=m.fs_id.mountpoint,
        used_bytes=m.used_bytes.value,
        inodes_used=m.inodes_used.value,
        at=known_moment(m.timestamp),
    )


def read_stats(m: Any) -> r.Stats:
    return r.Stats(
        container_id=m.attributes.id,
        name=m.attributes.metadata.name,
        labels=dict(m.attributes.labels),
        at=known_moment(m.cpu.timestamp or m.memory.timestamp),
        cpu_ns=m.cpu.usage_core_nano_seconds.value,
        memory_working_set=m.memory.working_set_bytes.value,
        memory_usage=m.memory.usage_bytes.value,
        memory_rss=m.memory.rss_bytes.value,
        page_faults=m.memory.page_faults.value,
        major_page_faults=m.memory.major_page_faults.value,
        writable_layer=read_filesystem(m.writable_layer) if m.HasField("writable_layer") else None,
    )


def auth(a: r.Auth | None) -> Any:
    return None if a is None else pb.AuthConfig(**a.__dict__)
