using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The supervisor's control socket. Everything that a deployer does goes through here, so that a person can do it with curl as well.</summary>
internal sealed class SupervisorApi(StateFolder folder, StateStore store, Epochs epochs, Revisions revisions, Slots slots, Duties duties, Routes routes, RouterKeeper routers, HeldSockets sockets, SecretFiles secrets, Func<bool, Task> leave)
{
    public const string EpochHeader = "Deployment-Epoch";
    private const int MaxSecretBytes = 64 * 1024;

    public void Map(WebApplication app)
    {
        app.MapGet("/status", context => Answers.WriteAsync(context, StatusReader.All(folder, store.Current), LocalJson.Default.SupervisorStatus));
        app.MapGet("/epoch", context => Answers.GuardAsync(context, EpochAsync));
        app.MapGet("/targets/{target}", context => Answers.GuardAsync(context, TargetAsync));
        app.MapGet("/targets/{target}/revisions/{revision}/address", context => Answers.GuardAsync(context, AddressAsync));
        app.MapGet("/targets/{target}/revisions/{revision}/addresses", context => Answers.GuardAsync(context, AddressesAsync));
        app.MapPut("/targets/{target}/revisions/{revision}", context => MutateAsync(context, ApplicationOfRevision, InstallAsync));
        app.MapPut("/targets/{target}/revisions/{revision}/secrets/{variable}", context => MutateAsync(context, ApplicationOfRevision, PutSecretAsync));
        app.MapDelete("/targets/{target}/revisions/{revision}", context => MutateAsync(context, ApplicationOfRevision, RemoveAsync));
        app.MapDelete("/targets/{target}/revisions", context => MutateAsync(context, ApplicationAsked, RemoveOthersAsync));
        app.MapPut("/targets/{target}/route", RouteAsync);
        app.MapPut("/targets/{target}/slots", context => MutateAsync(context, ApplicationAskedOrStanding, SlotsAsync));
        app.MapPut("/targets/{target}/duty", context => MutateAsync(context, ApplicationAskedOrStanding, DutyAsync));
        new TrafficApi(store, routes, routers, sockets).Map(app, MutateAsync);
        app.MapDelete("/targets/{target}", context => MutateAsync(context, ApplicationAsked, ClearAsync));
        app.MapPost("/handover", context => Answers.GuardAsync(context, _ => leave(false)));
        app.MapPost("/stop", context => Answers.GuardAsync(context, _ => leave(true)));
    }

    private static string Name(HttpContext context, string key) => Naming.Check(key, (string?)context.GetRouteValue(key));

    private static RevisionId Revision(HttpContext context) => RevisionId.Parse((string?)context.GetRouteValue("revision") ?? "");

    private static string ApplicationOfRevision(HttpContext context) => Revision(context).Application;

    private static string ApplicationAsked(HttpContext context) => Naming.Check("application", context.Request.Query["application"]);

    private string ApplicationAskedOrStanding(HttpContext context) =>
        Naming.Check("application", (string?)context.Request.Query["application"] ?? store.Current.Targets.GetValueOrDefault(Name(context, "target"))?.Application);

    private Task EpochAsync(HttpContext context)
    {
        string? target = context.Request.Query["target"];
        string? application = target is null ? ApplicationAsked(context) : store.Current.Targets.GetValueOrDefault(target)?.Application;
        long epoch = application is null ? 0 : epochs.Highest(application);
        return context.Response.WriteAsync(epoch.ToString(CultureInfo.InvariantCulture) + "\n", context.RequestAborted);
    }

    private Task TargetAsync(HttpContext context)
    {
        string target = Name(context, "target");
        return Answers.WriteAsync(
            context,
            StatusReader.Target(folder, store.Current, target) ?? throw new RefusedException(StatusCodes.Status404NotFound, $"Nothing stands on the target {target}."),
            LocalJson.Default.TargetStatus);
    }

    private Task AddressAsync(HttpContext context)
    {
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Running(context)[0].Port}\n"), context.RequestAborted);
    }

    private Task AddressesAsync(HttpContext context) => context.Response.WriteAsync(
        string.Concat(Running(context).Select(instance => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{instance.Port}\n"))), context.RequestAborted);

    private InstanceStatus[] Running(HttpContext context)
    {
        string target = Name(context, "target");
        string revision = Revision(context).ToString();
        InstanceStatus[] running = [.. StatusReader.Target(folder, store.Current, target)?.Revisions.GetValueOrDefault(revision)?.Instances.Where(instance => instance.Running) ?? []];
        return running.Length > 0 ? running : throw new RefusedException(StatusCodes.Status404NotFound, $"No instance of {revision} runs on {target}.");
    }

    private async Task InstallAsync(HttpContext context, Admission admission)
    {
        InstallRequest request = await Answers.ReadAsync(context, LocalJson.Default.InstallRequest);
        if (string.Join(' ', request.Problems()) is { Length: > 0 } problems)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, problems);
        }

        string target = Name(context, "target");
        await revisions.InstallAsync(target, Revision(context), request, admission.Token);
        await routes.RefreshAsync(target, admission.Epoch, null, admission.Token);
        await TargetAsync(context);
    }

    private async Task PutSecretAsync(HttpContext context, Admission admission)
    {
        string variable = (string?)context.GetRouteValue("variable") ?? "";
        if (!InstallRequest.IsVariable(variable))
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"'{Naming.Printable(variable)}' can't be the name of an environment variable.");
        }

        using var reader = new StreamReader(context.Request.Body);
        char[] value = new char[MaxSecretBytes];
        int length = await reader.ReadBlockAsync(value, admission.Token);
        if (length == value.Length || value.AsSpan(0, length).Contains('\0'))
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"The secret for {variable} is longer than {MaxSecretBytes} bytes or has a NUL character in it.");
        }

        secrets.Put(Name(context, "target"), Revision(context).ToString(), variable, new string(value, 0, length));
        Array.Clear(value);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task RemoveAsync(HttpContext context, Admission admission)
    {
        await RemoveAsync(Name(context, "target"), Revision(context).ToString(), admission);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // The router first: no tester, copy or asset request may enter what is about to end.
    private async Task RemoveAsync(string target, string revision, Admission admission)
    {
        await routes.RefreshAsync(target, admission.Epoch, revision, admission.Token);
        await revisions.RemoveAsync(target, revision, admission.Token);
    }

    private async Task RemoveOthersAsync(HttpContext context, Admission admission)
    {
        string target = Target(context, admission);
        string kept = RevisionId.Parse(context.Request.Query["except"].ToString()).ToString();
        foreach (string revision in store.Current.Targets.GetValueOrDefault(target)?.Revisions.Keys.Where(id => id != kept).ToArray() ?? [])
        {
            await RemoveAsync(target, revision, admission);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ClearAsync(HttpContext context, Admission admission)
    {
        string target = Target(context, admission);
        foreach (string revision in store.Current.Targets.GetValueOrDefault(target)?.Revisions.Keys.ToArray() ?? [])
        {
            await RemoveAsync(target, revision, admission);
        }

        await routes.ReleaseAsync(target, admission.Token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task DutyAsync(HttpContext context, Admission admission)
    {
        string target = Target(context, admission);
        DutyRequest request = await Answers.ReadAsync(context, LocalJson.Default.DutyRequest);
        await duties.SwitchAsync(target, request.Revision is { } revision ? RevisionId.Parse(revision).ToString() : null, admission.Token);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SlotsAsync(HttpContext context, Admission admission)
    {
        string target = Target(context, admission);
        SlotsRequest request = await Answers.ReadAsync(context, LocalJson.Default.SlotsRequest);
        if (string.Join(' ', request.Problems()) is { Length: > 0 } problems)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, problems);
        }

        request = request with { Route = request.Route with { Application = admission.Application } };
        RouteAnswer answer = await slots.FillAsync(target, request, RouteTables.Read(folder, store.Current, target), admission.Epoch, admission.Token);
        await Answers.WriteAsync(context, answer, LocalJson.Default.RouteAnswer);
    }

    private Task RouteAsync(HttpContext context) => Answers.GuardAsync(context, async _ =>
    {
        RouteRequest request = await Answers.ReadAsync(context, LocalJson.Default.RouteRequest);
        string target = Name(context, "target");
        string? application = request.Application ?? store.Current.Targets.GetValueOrDefault(target)?.Application;
        if (application is null && request.Split is { IsEmpty: true })
        {
            // Nothing stands there, so nothing is served there.
            await Answers.WriteAsync(context, RouteAnswer.Nothing, LocalJson.Default.RouteAnswer);
            return;
        }

        await AdmittedAsync(context, Naming.Check("application", application), async admission =>
        {
            RouteAnswer answer = await routes.RouteAsync(target, request with { Application = application }, admission.Epoch, admission.Token);
            await Answers.WriteAsync(context, answer, LocalJson.Default.RouteAnswer);
        });
    });

    private string Target(HttpContext context, Admission admission)
    {
        string target = Name(context, "target");
        return store.Current.Targets.GetValueOrDefault(target) is { } present && present.Application != admission.Application
            ? throw new RefusedException(StatusCodes.Status409Conflict, $"The target {target} runs the application {present.Application}, not {admission.Application}.")
            : target;
    }

    private Task MutateAsync(HttpContext context, Func<HttpContext, string> application, Func<HttpContext, Admission, Task> act) =>
        Answers.GuardAsync(context, _ => AdmittedAsync(context, application(context), admission => act(context, admission)));

    private async Task AdmittedAsync(HttpContext context, string application, Func<Admission, Task> act)
    {
        if (!long.TryParse(context.Request.Headers[EpochHeader], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch))
        {
            throw new RefusedException(StatusCodes.Status428PreconditionRequired, $"The header {EpochHeader} is missing or no number. GET /epoch?application={application} tells the present one.");
        }

        using Admission admission = await epochs.AdmitAsync(application, epoch, context.RequestAborted);
        try
        {
            await act(admission);
        }
        catch (OperationCanceledException) when (admission.Token.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw epochs.Refusal(application, epoch);
        }
    }
}
