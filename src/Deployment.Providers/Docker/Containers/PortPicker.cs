namespace Deployment.Providers.Docker.Containers;

/// <summary>Hands out ports of one host that no container of ours has, each once. What other programs listen on shows when a container starts.</summary>
internal sealed class PortPicker(DockerHost host, int first, int last, IEnumerable<int> used)
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _used = [.. used];

    /// <exception cref="DeploymentException">None is left.</exception>
    public int Next()
    {
        lock (_lock)
        {
            for (int port = first; port <= last; port++)
            {
                if (_used.Add(port))
                {
                    return port;
                }
            }
        }

        throw new DeploymentException($"{host.Name} has no port of {first} to {last} left. Widen FirstPort and LastPort, or remove containers.");
    }
}
