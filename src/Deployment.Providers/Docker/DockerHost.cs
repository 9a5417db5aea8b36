using System.Net;

namespace Deployment.Providers.Docker;

/// <summary>A machine with a Docker daemon, as the docker command-line tool reaches it, and as its containers are reached.</summary>
public sealed record DockerHost
{
    private DockerHost(string? uri, string? context, string address) => (Uri, ContextName, Address, BindAddress) = (uri, context, address, address);

    /// <summary>The daemon that <c>docker</c> speaks to without being told: its current context, or what <c>DOCKER_HOST</c> names. Its containers are reached at 127.0.0.1.</summary>
    public static DockerHost Local { get; } = new(null, null, "127.0.0.1");

    /// <summary>What <c>DOCKER_HOST</c> would name; null where a context does, or the tool itself.</summary>
    public string? Uri { get; }

    /// <summary>The context of the docker tool; null where none is named.</summary>
    public string? ContextName { get; }

    /// <summary>Where the ports that its containers publish are reached, by the router and by this process: a host name or an IP address. Default 127.0.0.1, or the host in the URI.</summary>
    public string Address { get; init; }

    /// <summary>The IP address of the machine that ports are published on. Default <see cref="Address"/>, which must then be one.</summary>
    public string BindAddress { get; init; }

    /// <summary>A folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> for a daemon that asks for TLS over TCP, absolute; null for none.</summary>
    public string? TlsFolder { get; init; }

    /// <summary>The docker tool's folder with its configuration, contexts and credential helpers, absolute; null for its own default.</summary>
    public string? ConfigFolder { get; init; }

    /// <summary>What people call it: the context, the URI, or <c>the local daemon</c>.</summary>
    public string Name => ContextName ?? Uri ?? "the local daemon";

    /// <summary>A daemon by its address.</summary>
    /// <param name="uri"><c>unix:///var/run/docker.sock</c>, <c>tcp://HOST:PORT</c> (with <see cref="TlsFolder"/>) or <c>ssh://USER@HOST</c>.</param>
    /// <exception cref="DeploymentException">It is none of these.</exception>
    public static DockerHost At(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Any(char.IsControl) || uri.Any(char.IsWhiteSpace) || !System.Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("unix" or "tcp" or "ssh") || (parsed.Scheme == "unix" && parsed.AbsolutePath.Length < 2))
        {
            throw new DeploymentException($"'{Releases.Naming.Printable(uri)}' is no address of a Docker daemon. Take unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST.");
        }

        return parsed.Scheme != "unix" && parsed.Host.Length == 0
            ? throw new DeploymentException($"'{Releases.Naming.Printable(uri)}' names no host. Take tcp://HOST:PORT or ssh://USER@HOST.")
            : new(uri, null, parsed.Scheme == "unix" || parsed.IsLoopback ? "127.0.0.1" : parsed.Host.Trim('[', ']'));
    }

    /// <summary>A daemon by a context of the docker tool (<c>docker context create</c>).</summary>
    /// <param name="name">1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="address">Where its containers' ports are reached; a host name or an IP address. Default 127.0.0.1.</param>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public static DockerHost Context(string name, string address = "127.0.0.1")
    {
        ArgumentNullException.ThrowIfNull(address);
        return new(null, Releases.Naming.Check("context", name), address);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal IEnumerable<string> Problems()
    {
        if (System.Uri.CheckHostName(Address) == UriHostNameType.Unknown)
        {
            yield return $"The address of {Name} is '{Releases.Naming.Printable(Address ?? "")}': it must be a host name or an IP address.";
        }

        if (!IPAddress.TryParse(BindAddress, out _))
        {
            yield return $"{Name} publishes ports on '{Releases.Naming.Printable(BindAddress ?? "")}', which is no IP address. Set BindAddress: the machine's address in a private network, or 0.0.0.0 for all.";
        }

        foreach ((string what, string? folder) in new[] { (nameof(TlsFolder), TlsFolder), (nameof(ConfigFolder), ConfigFolder) })
        {
            if (folder is not null && (!Path.IsPathFullyQualified(folder) || folder.Any(char.IsControl)))
            {
                yield return $"{what} of {Name} is '{Releases.Naming.Printable(folder)}': it must be an absolute path.";
            }
        }
    }
}
