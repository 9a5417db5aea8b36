using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Providers.HAProxy;
using Deployment.Releases;
using Deployment.Routing;

namespace Snippets;

/// <summary>The code of docs/providers/haproxy.md. A test holds the two together.</summary>
public static class HAProxyProvider
{
    public static HAProxyRouter Compose()
    {
        #region haproxy
        HAProxyRouter router = HAProxyRouter.At("unix:/run/haproxy/deployment.sock", haproxy =>
        {
            haproxy.Site = "shop";
            haproxy.Bind = "*:80";
            haproxy.PreviewBind = "127.0.0.1:8081";
            haproxy.HealthPath = "/health";
            haproxy.TesterHeader = "X-Shop-Tester-5d1c";
            haproxy.StickyCookie = "shop-user";
            haproxy.IssueStickyCookie = true;
        });
        #endregion

        return router;
    }

    public static async Task Begin(HAProxyRouter router, CancellationToken cancellationToken)
    {
        #region haproxy-begin
        await router.WriteConfigurationAsync(cancellationToken);
        await router.CheckConfigurationAsync(new CommandRunner(TimeProvider.System), cancellationToken);
        #endregion
    }

    public static RoutedTraffic Route(HAProxyRouter router, Func<RevisionId, IReadOnlyList<RoutedInstance>> find)
    {
        #region haproxy-target
        var traffic = new RoutedTraffic(
            "shop-servers",
            router,
            (revision, _, _) => Task.FromResult(find(revision)),
            revision => $"cat /srv/addresses/{revision}");
        #endregion

        return traffic;
    }

    public static void Watch(MonitorBuilder monitor, HAProxyRouter router)
    {
        #region haproxy-watch
        monitor.From(router)
            .RollBackWhen(Metric.ErrorRate.IsAbove(0.05))
            .RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.20));
        #endregion
    }

    public static async Task Show(HAProxyRouter router, CancellationToken cancellationToken)
    {
        #region haproxy-read
        RouterState state = await router.ReadAsync(cancellationToken);
        string told = $"{state.Table}{(state.InMaintenance ? ", in maintenance" : "")}, {string.Join(' ', state.Problems)}";
        #endregion

        _ = told;
    }
}
