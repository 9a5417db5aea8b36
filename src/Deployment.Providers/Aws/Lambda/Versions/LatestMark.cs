using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Leaves a run's epoch in what can be changed of a function: where there is no alias to bear it, an older run that wakes up finds it there.</summary>
internal sealed class LatestMark(LambdaPlace place, FunctionWaiting waiting, EffectContext context)
{
    private const int MostRaces = 10;

    public async Task WriteAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        for (int race = 1; ; race++)
        {
            FunctionConfiguration latest = await waiting.SettledAsync(cancellationToken);
            FunctionView view = await place.LookAsync(cancellationToken);
            view.Fence(revision.Application, context.Epoch);
            if (view.Prepared?.Epoch == context.Epoch)
            {
                return;
            }

            try
            {
                string name = new VersionName(revision, place.Target, context.Epoch).ToString();
                await place.Api.UpdateFunctionConfigurationAsync(place.Function, new ConfigurationUpdate { Description = name, RevisionId = latest.RevisionId }, cancellationToken);
            }
            catch (AwsFailure failure) when ((failure.IsLostRace || failure.Code == "ResourceConflictException") && race < MostRaces)
            {
                context.Report($"{place.Function} was changed by somebody else meanwhile: it is looked at again.");
                await waiting.PauseAsync(failure.Message, cancellationToken);
            }
        }
    }
}
