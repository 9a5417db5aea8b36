using System.Diagnostics;
using System.Globalization;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.HAProxy;
using Deployment.Tests;

namespace Deployment.Integration.Tests.Routers;

/// <summary>A HAProxy of a test's own that serves one site.</summary>
internal sealed class RunningHAProxy : IAsyncDisposable
{
    private readonly string _folder;
    private readonly int _port;
    private Process? _process;

    private RunningHAProxy(string folder, int port) => (_folder, _port) = (folder, port);

    internal static async Task<RunningHAProxy> StartAsync(string folder, int port)
    {
        string program = RealComponent.Require("haproxy");
        var proxy = new RunningHAProxy(folder, port);
        HAProxyRouter router = proxy.Router(TimeSpan.Zero);
        await router.WriteConfigurationAsync(CancellationToken.None);
        proxy._process = Process.Start(new ProcessStartInfo(program, ["-db", "-q", "-f", Path.Combine(folder, "haproxy.cfg"), "-f", Path.Combine(folder, "shop.cfg")]))!;
        await Wait.UntilAsync(
            async () =>
            {
                proxy._process.HasExited.Should().BeFalse("HAProxy runs");
                return await AnswersAsync(router);
            },
            "HAProxy answers");
        return proxy;
    }

    /// <summary>What steers it.</summary>
    internal HAProxyRouter Router(TimeSpan drain) => HAProxyRouter.At("unix:" + Path.Combine(_folder, "admin.sock"), site =>
    {
        site.Site = "shop";
        site.Folder = _folder;
        site.Bind = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");
        site.DrainDeadline = drain;
        // It is as young as the test, and was never reloaded.
        site.AwaitOldWorker = false;
    });

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static async Task<bool> AnswersAsync(HAProxyRouter router)
    {
        try
        {
            await router.ReadAsync(CancellationToken.None);
            return true;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }
}
