namespace Deployment.Analysis;

/// <summary>What a watch has seen so far of one metric of one side. One reader at a time.</summary>
internal sealed class WatchLog(Metric metric, WatchSide side, MetricSubject subject, IMetricSource source, DateTimeOffset since, MonitorOptions options)
{
    /// <summary>As often is a source asked at most for what it remembers of one look.</summary>
    private const int MostReads = 1000;

    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private readonly List<SeenSample> _samples = [];
    private readonly List<SeenProblem> _problems = [];
    private Task<IReadOnlyList<MetricSample>>? _reading;
    private IMetricFeed? _feed;

    private string? _refused;

    private string? Problem => _problems.Count > 0 ? _problems[^1].Problem : null;

    /// <summary>Where the samples come from.</summary>
    internal IMetricSource Source => source;

    internal WatchSeries Series => new()
    {
        Metric = metric.Name,
        Kind = metric.Kind,
        Unit = metric.Unit,
        Quantile = metric.Quantile,
        CountsInWarmUp = metric.CountsInWarmUp,
        Side = side,
        Subject = subject.ToString(),
        Source = source.Name,
        Query = Query,
        Samples = _samples,
        Problems = _problems,
    };

    /// <summary>Reads what was measured before: each sample was there at its own time.</summary>
    internal async Task ReadPastAsync(DateTimeOffset now, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int reads = 0; reads < MostReads; reads++)
        {
            (int samples, int problems) = (_samples.Count, _problems.Count);
            await ReadAsync(now, time, cancellationToken);
            // A source tells what came before something that can't be used, then what that is, then goes on behind it; and not all at once of a long time.
            bool isNew = _samples.Count > samples || _problems.Count > problems;
            bool isBehind = _problems.Count > problems || _samples.Count == 0 || now - _samples[^1].Sample.At > options.StaleAfter;
            if (!isNew || !isBehind)
            {
                break;
            }
        }

        for (int i = 0; i < _samples.Count; i++)
        {
            _samples[i] = _samples[i] with { Seen = _samples[i].Sample.At };
        }

        for (int i = 0; i < _problems.Count; i++)
        {
            // What can't be read now could not be read for any of the looks.
            _problems[i] = _problems[i] with { Seen = DateTimeOffset.MinValue };
        }
    }

    internal async Task ReadAsync(DateTimeOffset look, TimeProvider time, CancellationToken cancellationToken)
    {
        string? problem = _refused ?? await TryReadAsync(look, time, cancellationToken);
        if (problem != Problem)
        {
            _problems.Add(new SeenProblem(look, problem));
        }
    }

    /// <summary>Judges nothing of it, now and later: what was seen is of something else than it should be.</summary>
    internal void Refuse(string problem, DateTimeOffset look)
    {
        _refused = problem;
        _samples.Clear();
        if (problem != Problem)
        {
            _problems.Add(new SeenProblem(look, problem));
        }
    }

    /// <summary>Null when it was read. Whatever a source throws is a look without an answer, and never a pass.</summary>
    private async Task<string?> TryReadAsync(DateTimeOffset look, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ReadTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // One that doesn't listen to its token is still being asked: it is waited for, never asked twice at once. What ended late without an answer is asked anew.
            _reading = _reading is { IsFaulted: true, Exception: not null } or { IsCanceled: true } ? null : _reading;
            _reading ??= BeginAsync(stop.Token);
            IReadOnlyList<MetricSample> samples = await EndAsync(_reading, stop.Token);
            _reading = null;
            return Take(samples, look);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return $"{source.Name} did not answer `{Query}` within {Reports.Duration.Of(options.ReadTimeout)}";
        }
        catch (Exception error)
        {
            _reading = null;
            return (error is DeploymentException ? error.Message : Health.HealthWording.Of(error)).TrimEnd('.');
        }
    }

    private string Query => _feed?.Query ?? $"{metric} of {subject}";

    /// <summary>Code that blocks its thread must block neither the other metrics nor the look at the health. On a context of one thread, such as virtual time, it has to.</summary>
    private Task<IReadOnlyList<MetricSample>> BeginAsync(CancellationToken cancellationToken) =>
        SynchronizationContext.Current is null ? Task.Run(() => ReadFeedAsync(cancellationToken), CancellationToken.None) : ReadFeedAsync(cancellationToken);

    private async Task<IReadOnlyList<MetricSample>> ReadFeedAsync(CancellationToken cancellationToken)
    {
        // A source that can't even be opened is one that can't be read.
        _feed ??= source.Open(metric, subject, since);
        return await _feed.ReadAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<MetricSample>> EndAsync(Task<IReadOnlyList<MetricSample>> reading, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<MetricSample>> first = await Task.WhenAny(reading, StoppedAsync(over.Token));
        over.Cancel();
        return await first;
    }

    /// <summary>A method of its own, so that it ends on the caller's context: a test's virtual time must see it.</summary>
    private static async Task<IReadOnlyList<MetricSample>> StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource<IReadOnlyList<MetricSample>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => stopped.TrySetCanceled(cancellationToken), null);
        return await stopped.Task;
    }

    /// <summary>Null when all can be used. What can't be is left out, so that it is never judged.</summary>
    private string? Take(IReadOnlyList<MetricSample> samples, DateTimeOffset look)
    {
        string? first = null;
        foreach (MetricSample sample in samples)
        {
            MetricSample? last = _samples.Count > 0 ? _samples[^1].Sample : null;
            string? problem = sample.Problem(metric)
                ?? (sample.At > look + Ahead ? $"a sample is of {sample.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, later than now: the clocks differ" : null)
                ?? sample.Misplacement(last, metric);
            if (problem is null)
            {
                _samples.Add(new SeenSample(look, sample));
            }

            first ??= problem;
        }

        return first is null ? null : $"{source.Name} answered `{Query}` with what can't be used: {first}";
    }
}
