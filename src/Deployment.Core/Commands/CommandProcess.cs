namespace Deployment.Commands;

/// <summary>Identifies a running process group beyond the reuse of process ids.</summary>
/// <param name="Host">The machine's name; on Linux also its boot and process namespace, without which a process id means nothing: <c>name/boot/namespace</c>.</param>
/// <param name="ProcessId">The leader's process id, which is the group's id.</param>
/// <param name="StartTime">When the leader started, in the system's own unit (Linux: clock ticks since boot, proc(5) field 22).</param>
public sealed record CommandProcess(string Host, int ProcessId, long StartTime);
