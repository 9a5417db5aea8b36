using Deployment.Commands;
using Deployment.Providers.Docker.Tests.Support;

namespace Deployment.Providers.Docker.Tests.Environments;

/// <summary>Registries that images come from, and that refuse, end or stall.</summary>
[Category("Docker")]
[Category("Soak")]
public sealed class RegistryTests
{
    private DockerWorld _world = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _world = await DockerWorld.GetAsync();

    [Test]
    public async Task Image_PulledByDigest_IsThePushedOne()
    {
        string image = await _world.Images.ShopAsync("2.0.0", "pulled");
        string id = await IdAsync(image);
        (string tag, string digest) = await _world.Images.PushAsync(image, _world.Registry);
        (await _world.Daemon.RunAsync("image", "inspect", tag)).ExitCode.Should().Be(1, "a push leaves nothing to pull here");

        await _world.Daemon.SucceedsAsync("pull", "--quiet", digest);

        digest.Should().MatchRegex("^127\\.0\\.0\\.1:[0-9]+/pulled@sha256:[0-9a-f]{64}$");
        (await IdAsync(digest)).Should().Be(id);
    }

    [Test]
    public async Task RegistryWithAPassword_WrongOne_Refuses()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(withPassword: true);
        string right = await registry.LoginFolderAsync();
        string image = await _world.Images.ShopAsync("2.0.0", "locked");
        (_, string digest) = await _world.Images.PushAsync(image, registry, right);

        CommandResult wrong = await PullAsync(await registry.LoginFolderAsync(password: "close sesame"), digest);
        CommandResult none = await PullAsync(Path.GetDirectoryName(right)!, digest);
        CommandResult known = await PullAsync(right, digest);

        wrong.ExitCode.Should().Be(1);
        wrong.Error.Should().Contain("unauthorized: authentication required");
        none.Error.Should().Contain("no basic auth credentials");
        known.ExitCode.Should().Be(0, known.Error);
    }

    [Test]
    public async Task Registry_KilledAndStartedAgain_HasItsImages()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync();
        (_, string digest) = await _world.Images.PushAsync(await _world.Images.ShopAsync("2.0.0", "kept"), registry);
        await registry.KillAsync();
        CommandResult gone = await _world.Daemon.RunAsync("pull", digest);

        await registry.StartAgainAsync();

        gone.Error.Should().Contain("connection refused");
        await _world.Daemon.SucceedsAsync("pull", digest);
    }

    [Test]
    public async Task Registry_DyingInAPull_FailsIt()
    {
        (string tag, _) = await _world.Images.PushAsync(await _world.Images.BigAsync("1", 20_000_000, "dying"), _world.Registry);
        await using DockerDaemon other = await DockerDaemon.StartAsync();
        await using var proxy = new DyingProxy(_world.Registry.Port, 5_000_000);

        CommandResult pull = await other.RunAsync("pull", tag.Replace(_world.Registry.Address, proxy.Address, StringComparison.Ordinal));

        await TestContext.Out.WriteLineAsync(pull.ToString());
        proxy.IsDead.Should().BeTrue();
        pull.ExitCode.Should().Be(1);
        (await other.SucceedsAsync("images", "--quiet")).Should().BeEmpty();
    }

    [Test]
    public async Task Registry_StallingInAPull_HoldsItUntilTheClientIsEnded()
    {
        (string tag, _) = await _world.Images.PushAsync(await _world.Images.BigAsync("1", 20_000_000, "stalling"), _world.Registry);
        await using DockerDaemon other = await DockerDaemon.StartAsync();
        await using var proxy = new DyingProxy(_world.Registry.Port, 5_000_000, stalls: true);
        using var stop = new CancellationTokenSource();
        Task<CommandResult> pull = Tool.RunAsync(other.Client("pull", tag.Replace(_world.Registry.Address, proxy.Address, StringComparison.Ordinal)), stop.Token);

        await Until.TrueAsync(() => proxy.IsDead, "the registry stalls");
        pull.IsCompleted.Should().BeFalse();
        await stop.CancelAsync();

        Func<Task> ended = () => pull;
        await ended.Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task DyingProxy_WithEnoughBytes_LetsAPullThrough()
    {
        (string tag, _) = await _world.Images.PushAsync(await _world.Images.BigAsync("1", 20_000_000, "living"), _world.Registry);
        await using DockerDaemon other = await DockerDaemon.StartAsync();
        await using var proxy = new DyingProxy(_world.Registry.Port, 100_000_000);

        await other.SucceedsAsync("pull", "--quiet", tag.Replace(_world.Registry.Address, proxy.Address, StringComparison.Ordinal));

        proxy.IsDead.Should().BeFalse();
    }

    private Task<string> IdAsync(string image) => _world.Daemon.SucceedsAsync("image", "inspect", "--format", "{{.Id}}", image);

    private Task<CommandResult> PullAsync(string login, string image) => _world.Daemon.RunAsync("--config", login, "pull", image);
}
