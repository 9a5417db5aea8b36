using System.Globalization;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.HAProxy;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>A site on a real HAProxy of its own, as the package configures it.</summary>
internal sealed class RoutedSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("site-").FullName;
    private readonly Action<HAProxyOptions>? _configure;
    private RealHAProxy? _proxy;

    private RoutedSite(Action<HAProxyOptions>? configure) => _configure = configure;

    public int Port { get; } = FreePort.Next();

    public string Folder => _folder;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/");

    public RealHAProxy Proxy => _proxy!;

    /// <summary>A router as another process would make it.</summary>
    public HAProxyRouter Router => Make(_folder, Port, _configure);

    public static HAProxyRouter Make(string folder, int port, Action<HAProxyOptions>? configure = null) => HAProxyRouter.At($"unix:{folder}/admin.sock", options =>
    {
        options.Site = "shop";
        options.Folder = folder;
        options.Bind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        options.HealthPath = "/health";
        options.HealthInterval = TimeSpan.FromMilliseconds(500);
        // It is as young as the test, and was never reloaded.
        options.AwaitOldWorker = false;
        configure?.Invoke(options);
    });

    public static async Task<RoutedSite> StartAsync(Action<HAProxyOptions>? configure = null)
    {
        Deployment.Tests.RealComponent.Require("haproxy");
        var site = new RoutedSite(configure);
        await site.Router.WriteConfigurationAsync(CancellationToken.None);
        site._proxy = await RealHAProxy.StartAsync($"{site._folder}/haproxy.cfg", $"{site._folder}/shop.cfg");
        await Until.TrueAsync(site.IsThereAsync, "HAProxy has the site");
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsThereAsync()
    {
        try
        {
            return (await Router.ReadAsync(CancellationToken.None)).Problems.Count == 0;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }
}
