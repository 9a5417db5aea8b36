using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests;

/// <summary>What all tests of this project share: a daemon, a registry and images, made when the first test asks. Tests keep apart by application name.</summary>
[SetUpFixture]
public sealed class DockerWorld
{
    private static Lazy<Task<DockerWorld>> _world = new(StartAsync);

    private DockerDaemon? _daemon;
    private DockerRegistry? _registry;
    private TestImages? _images;

    internal DockerDaemon Daemon => _daemon!;

    internal DockerRegistry Registry => _registry!;

    internal TestImages Images => _images!;

    /// <summary>The shared world; skips the test where it can't be.</summary>
    internal static Task<DockerWorld> GetAsync() => _world.Value;

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (!_world.IsValueCreated || !_world.Value.IsCompletedSuccessfully)
        {
            return;
        }

        DockerWorld world = await _world.Value;
        _world = new(StartAsync);
        await world.EndAsync();
    }

    private static async Task<DockerWorld> StartAsync()
    {
        var world = new DockerWorld();
        try
        {
            Task<DockerRegistry> registry = DockerRegistry.StartAsync();
            try
            {
                world._daemon = await DockerDaemon.StartAsync();
            }
            finally
            {
                world._registry = await registry;
            }

            world._images = await TestImages.CreateAsync(world._daemon);
            return world;
        }
        catch
        {
            await world.EndAsync();
            throw;
        }
    }

    private async Task EndAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }
}
