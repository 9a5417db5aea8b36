using Deployment;
using Deployment.Commands;
using Deployment.Providers.HAProxy;

namespace DockerCanary;

/// <summary>A HAProxy of the sample's own, with the files that the router has written.</summary>
internal sealed class HAProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task<CommandResult> _running;

    private HAProxyProcess(string folder, string site)
    {
        Command command = Command.Of(Programs.Find("haproxy", "haproxy"), "-W", "-db", "-f", $"{folder}/haproxy.cfg", "-f", $"{folder}/{site}.cfg");
        _running = Programs.Runner.RunAsync(command, null, _stop.Token);
    }

    /// <summary>Starts it, and returns when the router finds what it expects.</summary>
    /// <exception cref="DeploymentException">It ended, or isn't there in time.</exception>
    public static async Task<HAProxyProcess> StartAsync(HAProxyRouter router, string folder, string site, CancellationToken cancellationToken)
    {
        await router.WriteConfigurationAsync(cancellationToken);
        var started = new HAProxyProcess(folder, site);
        try
        {
            await started.WaitAsync(router, cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WaitAsync(HAProxyRouter router, CancellationToken cancellationToken)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_running.IsCompleted)
            {
                CommandResult ended = await _running;
                throw new DeploymentException($"HAProxy ended with exit code {ended.ExitCode}: {ended.Error}");
            }

            try
            {
                if ((await router.ReadAsync(cancellationToken)).Problems is [])
                {
                    return;
                }
            }
            catch (DeploymentException) when (TimeProvider.System.GetElapsedTime(begin) < Longest)
            {
                // It doesn't listen yet.
            }

            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
    }
}
