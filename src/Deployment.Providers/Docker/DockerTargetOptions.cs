using System.Collections.Immutable;
using Deployment.Providers.Docker.Containers;
using Deployment.Releases;

namespace Deployment.Providers.Docker;

/// <summary>How a <see cref="DockerTarget"/> runs its releases.</summary>
public sealed class DockerTargetOptions
{
    private const long LeastMemory = 6L * 1024 * 1024;
    private const int MostInstances = 64;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>The hosts; the instances of a revision are spread over them in turn. Default none: <see cref="DockerHost.Local"/>.</summary>
    public IList<DockerHost> Hosts { get; private set; } = [];

    /// <summary>How many instances of a revision run on all hosts together, 1 to 64. Default one on each host.</summary>
    public int? Instances { get; set; }

    /// <summary>The port that the application listens on in its container, which it is also told as <c>PORT</c>; 1 to 65535. Default 8080. Workers have none. A release whose own setting <c>PORT</c> is another is refused.</summary>
    public int ContainerPort { get; set; } = 8080;

    /// <summary>The first port of a host that containers behind a router are published on; 1024 to 65535. Default 20000.</summary>
    public int FirstPort { get; set; } = 20000;

    /// <summary>The last one; at least <see cref="FirstPort"/>. Default 20999.</summary>
    public int LastPort { get; set; } = 20999;

    /// <summary>When the image is fetched from its registry. Default <see cref="ImagePull.Always"/>.</summary>
    public ImagePull Pull { get; set; }

    /// <summary>How long a pull may take; above zero, at most a day. Default 10 minutes.</summary>
    public TimeSpan PullTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A path such as <c>/health</c> that is asked until it answers with 200 to 399, before an instance counts as started. Default null: what
    /// <see cref="HealthCommand"/> or the image's own check says, or any answer to a GET of <c>/</c> where there is neither.
    /// </summary>
    public string? HealthPath { get; set; }

    /// <summary>
    /// A command, each argument an element, that Docker runs in the container each second and that ends with 0 when it is well. Docker has the container's
    /// <c>/bin/sh</c> run it, with each element as one word. Default none: the image's own check.
    /// </summary>
    public IList<string> HealthCommand { get; private set; } = [];

    /// <summary>How long an instance may take until it is well; above zero, at most a day. Default a minute.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a container has between being asked to end and being killed; at least zero, at most a day. Default 10 seconds. It is asked after it was drained.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What Docker does when a container that has traffic ends, or its host is started anew: <c>unless-stopped</c> or <c>always</c>. Default <c>unless-stopped</c>. What has no traffic is left ended.</summary>
    public string RestartPolicy { get; set; } = "unless-stopped";

    /// <summary>What containers find mounted. Default nothing.</summary>
    public IList<DockerVolume> Volumes { get; private set; } = [];

    /// <summary>The networks that containers are in; they must be there. Default none: Docker's own bridge.</summary>
    public IList<string> Networks { get; private set; } = [];

    /// <summary>How many bytes of memory a container may take, at least 6 MiB. Default null: no limit.</summary>
    public long? MemoryLimit { get; set; }

    /// <summary>How many cores' time a container may take, 0.01 to 4096. Default null: no limit.</summary>
    public double? CpuLimit { get; set; }

    /// <summary>The user that it runs as, such as <c>1000:1000</c>. Default null: the image's.</summary>
    public string? User { get; set; }

    /// <summary>Whether its own file system is read-only. Default false.</summary>
    public bool ReadOnlyRoot { get; set; }

    /// <summary>The folder of a container with a file for each secret, named as its variable; <c>VARIABLE_FILE</c> tells the path. Default <c>/run/secrets</c>.</summary>
    public string SecretsFolder { get; set; } = "/run/secrets";

    /// <summary>How many revisions that had users and don't run any more keep their containers and images once a run has succeeded, 0 to 100. Default 2.</summary>
    public int KeptRevisions { get; set; } = 2;

    /// <summary>How long a step waits for a daemon that doesn't answer, such as one that is being restarted; at least zero, at most a day. Default 30 seconds.</summary>
    public TimeSpan DaemonTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The docker tool: a path, or a name that is looked up in PATH. Default <c>docker</c>.</summary>
    public string Program { get; set; } = "docker";

    internal int Count => Instances ?? Hosts.Count;

    /// <summary>What runs never changes underneath itself, also when the lambda kept its argument.</summary>
    internal DockerTargetOptions Copy()
    {
        var copy = (DockerTargetOptions)MemberwiseClone();
        copy.Hosts = Hosts.Count == 0 ? [DockerHost.Local] : [.. Hosts];
        copy.HealthCommand = [.. HealthCommand];
        copy.Volumes = [.. Volumes];
        copy.Networks = [.. Networks];
        return copy;
    }

    internal ContainerSpec SpecOf(Release release, int? port) => new()
    {
        Image = release.Artifact.Location!,
        Sha256 = release.Artifact.Sha256 ?? "",
        Pull = Pull,
        PullSeconds = PullTimeout.TotalSeconds,
        Command = [.. release.Artifact.Command],
        Environment = release.Settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Secrets = release.Secrets.ToImmutableSortedDictionary(StringComparer.Ordinal),
        SecretsFolder = SecretsFolder,
        Port = port,
        Volumes = [.. Volumes],
        Networks = [.. Networks],
        MemoryBytes = MemoryLimit,
        Cpus = CpuLimit,
        User = User,
        ReadOnlyRoot = ReadOnlyRoot,
        HealthPath = port is null ? null : HealthPath,
        HealthCommand = [.. HealthCommand],
        StartSeconds = StartTimeout.TotalSeconds,
        StopSeconds = StopGrace.TotalSeconds,
        Restart = RestartPolicy,
    };

    internal IEnumerable<string> Problems(string? name)
    {
        if (Naming.Problem("target", name) is { } target)
        {
            yield return target;
        }

        if (Hosts.Any(host => host is null) || Volumes.Any(volume => volume is null) || HealthCommand.Any(word => word is null || word.Contains('\0', StringComparison.Ordinal)))
        {
            yield return "A host, a volume or a word of HealthCommand is null.";
            yield break;
        }

        foreach (string problem in Hosts.SelectMany(host => host.Problems()).Concat(Volumes.SelectMany(volume => volume.Problems())).Concat(Numbers()).Concat(Texts()))
        {
            yield return problem;
        }

        if (Hosts.GroupBy(host => host.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            yield return $"The host {twice.Key} is named twice.";
        }
    }

    private IEnumerable<string> Numbers()
    {
        if (Instances is < 1 or > MostInstances || Hosts.Count > MostInstances)
        {
            yield return $"Instances is {Instances ?? Hosts.Count}: take 1 to {MostInstances}.";
        }

        if (ContainerPort is < 1 or > 65535)
        {
            yield return $"ContainerPort is {ContainerPort}: take 1 to 65535.";
        }

        if (FirstPort is < 1024 or > 65535 || LastPort < FirstPort || LastPort > 65535)
        {
            yield return $"The ports are {FirstPort} to {LastPort}: take some of 1024 to 65535, the last one not below the first.";
        }

        if (MemoryLimit < LeastMemory)
        {
            yield return $"MemoryLimit is {MemoryLimit}: it must be at least {LeastMemory} bytes.";
        }

        if (CpuLimit is < 0.01 or > 4096 or double.NaN)
        {
            yield return $"CpuLimit is {CpuLimit}: take 0.01 to 4096.";
        }

        if (KeptRevisions is < 0 or > 100)
        {
            yield return $"KeptRevisions is {KeptRevisions}: take 0 to 100.";
        }

        foreach ((string what, TimeSpan time, bool mayBeZero) in new[] { (nameof(PullTimeout), PullTimeout, false), (nameof(StartTimeout), StartTimeout, false), (nameof(StopGrace), StopGrace, true), (nameof(DaemonTimeout), DaemonTimeout, true) })
        {
            if (time < TimeSpan.Zero || time > Longest || (time == TimeSpan.Zero && !mayBeZero))
            {
                yield return $"{what} is {time}: it must be {(mayBeZero ? "at least" : "above")} zero and at most a day.";
            }
        }
    }

    private IEnumerable<string> Texts()
    {
        if (!Enum.IsDefined(Pull))
        {
            yield return $"Pull is {Pull}: take one of {nameof(ImagePull)}.";
        }

        if (RestartPolicy is not ("unless-stopped" or "always"))
        {
            yield return $"RestartPolicy is '{Naming.Printable(RestartPolicy ?? "")}': take unless-stopped or always.";
        }

        if (HealthPath is not null && (!HealthPath.StartsWith('/') || HealthPath.Length > 1024 || HealthPath.Any(c => c is <= ' ' or > '~')))
        {
            yield return $"HealthPath is '{Naming.Printable(HealthPath)}': it must be a path such as /health.";
        }

        foreach (string network in Networks.Where(network => !DockerNames.IsName(network)))
        {
            yield return $"'{Naming.Printable(network ?? "")}' can't be a network's name: Docker takes 2 to 128 letters, digits, '_', '.' or '-'.";
        }

        if (User is not null && (User.Length is 0 or > 128 || !User.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':') || User.StartsWith('-')))
        {
            yield return $"User is '{Naming.Printable(User)}': it must be a user's name or number, with ':' and a group if need be.";
        }

        if (!new DockerVolume("secrets", SecretsFolder ?? "").Problems().All(_ => false) || SecretsFolder == "/")
        {
            yield return $"SecretsFolder is '{Naming.Printable(SecretsFolder ?? "")}': it must be an absolute path without ',', '\"' and control characters.";
        }

        if (string.IsNullOrWhiteSpace(Program) || Program.Any(char.IsControl))
        {
            yield return $"Program is '{Naming.Printable(Program ?? "")}': it must be a path or a program's name.";
        }
    }
}
