using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The part of the control socket that tells routers what to do besides the split: maintenance, pauses, and to make room for another process.</summary>
internal sealed class TrafficApi(StateStore store, Routes routes, RouterKeeper routers, HeldSockets sockets)
{
    /// <summary>Runs a mutation of a target in its application's turn.</summary>
    public delegate Task Mutation(HttpContext context, Func<HttpContext, string> application, Func<HttpContext, Admission, Task> act);

    public void Map(WebApplication app, Mutation mutate)
    {
        Task EndMirrorAsync(HttpContext context) => IsRouted(context)
            ? mutate(context, Application, (request, admission) => ChangeAsync(request, admission, table => table with { Mirror = null }))
            : Answers.GuardAsync(context, NothingToEndAsync);

        app.MapPut("/targets/{target}/maintenance", context => mutate(context, Application, StartMaintenanceAsync));
        app.MapDelete("/targets/{target}/maintenance", context => mutate(context, Application, (request, admission) => ChangeAsync(request, admission, table => table with { Maintenance = null })));
        app.MapPut("/targets/{target}/pause", context => mutate(context, Application, PauseAsync));
        app.MapDelete("/targets/{target}/pause", context => mutate(context, Application, (request, admission) => ChangeAsync(request, admission, table => table with { Pause = null })));
        app.MapPut("/targets/{target}/mirror", context => mutate(context, Application, MirrorAsync));
        app.MapDelete("/targets/{target}/mirror", EndMirrorAsync);
        app.MapPost("/routers/{port}/renew", context => Answers.GuardAsync(context, RenewAsync));
        app.MapPost("/routers/{port}/sockets", context => Answers.GuardAsync(context, SendSocketsAsync));
    }

    private static string Target(HttpContext context) => Releases.Naming.Check("target", (string?)context.GetRouteValue("target"));

    private static void Check(IEnumerable<string> problems)
    {
        if (string.Join(' ', problems) is { Length: > 0 } all)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, all);
        }
    }

    private string Application(HttpContext context) => store.Current.Targets.GetValueOrDefault(Target(context))?.Application
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"Nothing stands on the target {Target(context)}.");

    private async Task StartMaintenanceAsync(HttpContext context, Admission admission)
    {
        MaintenanceRequest request = await Answers.ReadAsync(context, LocalJson.Default.MaintenanceRequest);
        Check(request.Problems());
        await ChangeAsync(context, admission, table => table with { Maintenance = request });
    }

    private async Task PauseAsync(HttpContext context, Admission admission)
    {
        PauseRequest request = await Answers.ReadAsync(context, LocalJson.Default.PauseRequest);
        Check(request.Problems());
        await ChangeAsync(context, admission, table => table with { Pause = request });
    }

    /// <summary>Whoever takes back what never took place finds nothing to end.</summary>
    private bool IsRouted(HttpContext context) => store.Current.Targets.GetValueOrDefault((string?)context.GetRouteValue("target") ?? "")?.Port is not null;

    private static Task NothingToEndAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private async Task MirrorAsync(HttpContext context, Admission admission)
    {
        MirrorRequest request = await Answers.ReadAsync(context, LocalJson.Default.MirrorRequest);
        Check(request.Problems());
        if (store.Current.Revision(Target(context), request.Revision)?.Installed != true)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"{Releases.Naming.Printable(request.Revision)} is not installed on {Target(context)}.");
        }

        await ChangeAsync(context, admission, table => table.Revisions.ContainsKey(request.Revision)
            ? throw new RefusedException(StatusCodes.Status409Conflict, $"{request.Revision} takes traffic on {table.Target} and can't get copies of it.")
            : table with { Mirror = request });
    }

    private async Task ChangeAsync(HttpContext context, Admission admission, Func<RouteTable, RouteTable> change)
    {
        await routes.ChangeAsync(Target(context), admission.Epoch, change, admission.Token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static int Port(HttpContext context) => int.TryParse((string?)context.GetRouteValue("port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
        ? port
        : throw new RefusedException(StatusCodes.Status400BadRequest, "That is no port.");

    private async Task SendSocketsAsync(HttpContext context)
    {
        HandoverRequest request = await Answers.ReadAsync(context, LocalJson.Default.HandoverRequest);
        await sockets.SendAsync(Port(context), request.Socket, context.RequestAborted);
        await Answers.WriteAsync(context, Environment.ProcessId, LocalJson.Default.Int32);
    }

    private async Task RenewAsync(HttpContext context)
    {
        await routers.RenewAsync(Port(context), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
