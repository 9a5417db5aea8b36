using System.Globalization;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.Shadow;

/// <summary>The steps from the installation to the end of the copies, on one target where something is live.</summary>
internal sealed class ShadowPart(Hosting hosting, IMirrorTraffic router, ShadowOptions options, ShadowCheck check)
{
    private readonly TrafficMirror? _before = hosting.Context.Observation.Mirror;
    private readonly string _target = hosting.Context.Target;
    private readonly CheckSubject _subject = new(hosting.Context.Target, hosting.Candidate, hosting.Context.Live);

    /// <param name="isTrial">Whether no user will reach the candidate in this run: checks under traffic stand among the copies then.</param>
    internal void Compare(bool isTrial)
    {
        hosting.Begin();
        hosting.CheckInTheDark(_subject);
        var mirror = new TrafficMirror(hosting.Candidate, options.Percent, options.AllMethods);
        Explain();
        Change(
            string.Create(CultureInfo.InvariantCulture, $"Copy {options.Percent}% of {(options.AllMethods ? "all requests, POST and the like included," : "the safe requests")} to {hosting.Candidate}"),
            mirror,
            _before,
            Undo.By(router.Mirror(_before)));
        hosting.Runbook.Wait(
            "Answer copies",
            options.Time,
            $"To see how the release answers what {hosting.Context.Live} answers the users.",
            router.CompareCommands(hosting.Candidate));
        if (isTrial)
        {
            hosting.Runbook.Check(Moment.Shifted, _subject);
        }

        hosting.Runbook.Check(check, _subject);
        Change(
            "End the copies",
            null,
            mirror,
            _before is null ? Undo.Nothing("Nobody misses copies.") : Undo.By(router.Mirror(_before)));
    }

    internal void Remove() => hosting.Remove($"Remove {hosting.Candidate}", hosting.Candidate, "It was there to be tried; nothing rests on it.");

    private void Explain()
    {
        if (options.AllMethods)
        {
            hosting.Runbook.Explain("WARNING: requests that are not safe to repeat (POST, PUT, PATCH, DELETE and the like) are copied as well, as the pipeline's author says: while copies are sent, what each of them does is done twice, once by the revision that answers the user and once by the release. Make sure that the release writes, pays and sends nowhere but in places of its own.");
        }

        if (_before is not null)
        {
            hosting.Runbook.Explain($"Copies go to {_before.Revision} on '{_target}' at present; this run takes their place and ends them, and a rollback brings them back.");
        }
    }

    private void Change(string title, TrafficMirror? after, TrafficMirror? before, Undo undo) => hosting.Runbook.Effect(
        title,
        router.Mirror(after),
        undo,
        hosting.Options(Phase.Deployment, new FactChange(_target, Fact.Mirror, Text(before), Text(after))));

    private static string Text(TrafficMirror? mirror) => mirror?.ToString() ?? "none";
}
