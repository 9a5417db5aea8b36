namespace Deployment.Sql.Lint;

/// <summary>Which things nobody else knows, as a file's statements come one after another: what the file has made, or taken away.</summary>
internal sealed class SqlObjects
{
    private readonly Dictionary<(string Kind, string Key), List<(int Index, bool IsNew)>> _changes = [];

    /// <summary>Says what holds behind a statement.</summary>
    internal void Set((string Kind, string Key) what, int index, bool isNew)
    {
        if (!_changes.TryGetValue(what, out List<(int Index, bool IsNew)>? changes))
        {
            _changes[what] = changes = [];
        }

        changes.Add((index, isNew));
    }

    /// <summary>Whether something is new when a statement begins, by what was said behind an earlier one and not forgotten since.</summary>
    internal bool IsNew((string Kind, string Key) what, int index, int forgotten)
    {
        if (!_changes.TryGetValue(what, out List<(int Index, bool IsNew)>? changes))
        {
            return false;
        }

        int low = 0;
        int high = changes.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = changes[middle].Index < index ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && changes[low - 1].Index > forgotten && changes[low - 1].IsNew;
    }
}
