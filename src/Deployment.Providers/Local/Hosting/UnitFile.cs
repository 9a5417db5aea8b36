using System.Text;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;

namespace Deployment.Providers.Local.Hosting;

/// <summary>The systemd unit that starts a supervisor with the machine.</summary>
internal static class UnitFile
{
    private static readonly string[] Kept = ["PATH", "LANG", "LC_ALL", "TZ", "DOTNET_ROOT"];

    public static string Text(StateFolder folder, string dotnet, string? user)
    {
        if (user is not null && Naming.Problem("user", user.Replace('_', '-')) is { } problem)
        {
            throw new DeploymentException(problem);
        }

        string assembly = Path.Combine(folder.CurrentHost, Path.GetFileName(typeof(UnitFile).Assembly.Location));
        string[] command = [dotnet, "exec", "--runtimeconfig", HostFiles.RuntimeConfigOf(assembly), assembly, "supervisor", folder.Path];
        var text = new StringBuilder();
        text.Append("[Unit]\n")
            .Append($"Description=Supervisor of {Escaped(folder.Path)}\n")
            .Append("Wants=network-online.target\nAfter=network-online.target\n")
            .Append("# It is always started again, also after it could not take over from one that a deployer had started.\n")
            .Append("StartLimitIntervalSec=0\n\n[Service]\nType=exec\n")
            .Append($"ExecStart={string.Join(' ', command.Select(Quoted))}\n");
        if (user is not null)
        {
            text.Append($"User={user}\n");
        }

        foreach ((string name, string value) in InstanceEnvironment.Base().Where(variable => Kept.Contains(variable.Key)))
        {
            text.Append($"Environment={Quoted($"{name}={value}")}\n");
        }

        return text
            .Append("# What it started serves on without it; the next one adopts it.\nKillMode=process\n")
            .Append("# MemoryLimit and CpuLimit of targets need a control group of its own.\nDelegate=yes\nDelegateSubgroup=supervisor\n")
            .Append("OOMPolicy=continue\nTasksMax=infinity\nUMask=0077\nRestart=always\nRestartSec=2\n\n")
            .Append("[Install]\nWantedBy=").Append(user is null ? "default.target" : "multi-user.target").Append('\n')
            .ToString();
    }

    // systemd.service(5): quotes and backslashes as in C, '%' begins a specifier and '$' a variable.
    private static string Quoted(string text) => $"\"{Escaped(text).Replace("$", "$$", StringComparison.Ordinal)}\"";

    private static string Escaped(string text) => text.Any(char.IsControl)
        ? throw new DeploymentException($"'{Naming.Printable(text)}' has a control character, which a systemd unit can't have. Take another path.")
        : text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);
}
