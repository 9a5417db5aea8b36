using System.Collections.Concurrent;
using Deployment.Runbooks;
using Deployment.Targets;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Deployment.Execution;

/// <summary>Retry and time-out of effects, one Polly pipeline for each distinct policy.</summary>
internal sealed class StepPipelines(TimeProvider time, Random random)
{
    private static readonly ResiliencePropertyKey<Func<int, Exception, ValueTask>> OnRetryKey = new("deployment.on-retry");
    private readonly ConcurrentDictionary<(RetryPolicy Policy, bool Repeatable), ResiliencePipeline> _pipelines = new();

    internal async Task ExecuteAsync(EffectStep step, Func<CancellationToken, Task> attempt, Func<int, Exception, ValueTask> retrying, CancellationToken cancellationToken)
    {
        ResiliencePipeline pipeline = _pipelines.GetOrAdd((step.Retry, step.Repeatability != Repeatability.AtMostOnce), static (key, self) => self.Build(key.Policy, key.Repeatable), this);
        // On the captured context, like everything in the engine, so that virtual time sees every continuation.
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        context.Properties.Set(OnRetryKey, retrying);
        try
        {
            await pipeline.ExecuteAsync(static async (context, attempt) => await attempt(context.CancellationToken), context, attempt);
        }
        catch (TimeoutRejectedException error)
        {
            throw new DeploymentException($"It did not finish within {error.Timeout}. Raise the step's time-out, or find out what it waits for.", error);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Whether a failure may pass by itself. What a provider refuses, or says in a sentence for people, does not.</summary>
    internal static bool IsTransient(Exception? error) =>
        error is TimeoutRejectedException or IOException or HttpRequestException or System.Net.Sockets.SocketException or TimeoutException;

    private ResiliencePipeline Build(RetryPolicy policy, bool repeatable)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (repeatable && policy.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = policy.Attempts - 1,
                Delay = policy.Delay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = NextDouble,
                ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome.Exception)),
                OnRetry = static arguments => arguments.Context.Properties.TryGetValue(OnRetryKey, out Func<int, Exception, ValueTask>? retrying)
                    ? retrying(arguments.AttemptNumber + 1, arguments.Outcome.Exception!)
                    : ValueTask.CompletedTask,
            });
        }

        return builder.AddTimeout(new TimeoutStrategyOptions { Timeout = policy.Timeout }).Build();
    }

    // System.Random is not safe to share between lanes.
    private double NextDouble()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
