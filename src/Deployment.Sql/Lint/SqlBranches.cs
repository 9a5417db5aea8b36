using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>
/// Follows the branches of <c>DO</c> blocks: what one of them makes is there for the statements behind it in the same branch, and behind its end nobody
/// knows whether it was taken.
/// </summary>
internal sealed class SqlBranches
{
    private readonly List<Branch> _open = [];

    /// <summary>Notes what a statement made or took away.</summary>
    internal void Note((string Kind, string Key) what)
    {
        if (_open.Count > 0)
        {
            _open[^1].Changed.Add(what);
        }
    }

    /// <summary>What is no longer known when a statement begins.</summary>
    internal IReadOnlyList<(string Kind, string Key)> Ended(SqlStatement statement)
    {
        SqlToken first = statement.Tokens[0];
        if (!statement.InBlock)
        {
            (string, string)[] left = [.. _open.SelectMany(branch => branch.Changed)];
            _open.Clear();
            return left;
        }

        if (first.IsAny("begin", "if", "loop", "for", "foreach", "while", "case"))
        {
            _open.Add(new Branch { MayBeLeftOut = !first.Is("begin") });
        }
        else if (_open.Count > 0 && first.Is("return"))
        {
            _open[0].MayBeLeftOut = true;
        }
        else if (_open.Count > 0 && first.IsAny("else", "elsif", "elseif", "when", "exception"))
        {
            _open[^1].MayBeLeftOut = true;
            return _open[^1].Forget();
        }
        else if (_open.Count > 0 && first.Is("end"))
        {
            return Close();
        }

        return [];
    }

    private List<(string Kind, string Key)> Close()
    {
        Branch branch = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        if (branch.MayBeLeftOut)
        {
            return branch.Forget();
        }

        if (_open.Count > 0)
        {
            _open[^1].Take(branch);
        }

        return [];
    }

    private sealed class Branch
    {
        internal bool MayBeLeftOut { get; set; }

        internal List<(string Kind, string Key)> Changed { get; private set; } = [];

        internal List<(string Kind, string Key)> Forget()
        {
            List<(string Kind, string Key)> changed = Changed;
            Changed = [];
            return changed;
        }

        /// <summary>The smaller list goes into the larger one, so that deep nesting costs little.</summary>
        internal void Take(Branch other)
        {
            (List<(string Kind, string Key)> few, List<(string Kind, string Key)> many) = other.Changed.Count < Changed.Count ? (other.Changed, Changed) : (Changed, other.Changed);
            many.AddRange(few);
            Changed = many;
        }
    }
}
