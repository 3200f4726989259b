"""Sample campaigns of the fictional "Ủy ban nhân dân quận A" ("UBND quận A", thành phố X): DỮ LIỆU MẪU.

What is here
------------
``data/*.tsv``          what a clerk can read and edit: areas, blocs, units, indicators, who is given which target,
                        who reported late or not at all, what was returned, adjusted or corrected, points, gates…
``calendar.py``         the fixed reference date (day 60 of 90 of the running campaign) and both campaigns' periods
``build.py``            ``python -m campaign_portal.sample.build`` writes the two workbooks, the same bytes every time
``running.xlsx``        the running campaign, in exactly the layout that ``import_workbook`` reads
``last_year.xlsx``      last year's campaign, complete; the loader closes it
``shift.py``            ``shift_workbook(src, dst, to=day)`` moves a workbook so that the reference date falls on ``to``
``people.py``           the organiser, and the cast: one account per role, and everybody whom the unit table names
``registrations.py``    the units' own plans (for the rule ``own_plan_by``)
``awards.py``           categories with rules, council sessions, dossiers, exemplars, activities of supporting bodies
``money.py``            base salary, coefficients, rounding, legal bases, public holidays, the fund's balance
``proposals.py``        proposals with the steps that bring each one to its state

How to load it
--------------
1. ``to`` = today in Asia/Ho_Chi_Minh. For each of ``last_year.xlsx`` and ``running.xlsx``: ``shift_workbook`` into a
   temporary file, then import that file like any other, and name ``people.SUBSTITUTE_UNIT`` as the unit that settles
   what concerns ``people.STAFF_UNIT``. Nothing in it is dated on the day ``to`` itself or later
   (except what lies ahead by nature: periods to come, their due times, due dates), so it can be loaded at any hour.
2. ``people.people()`` gives the accounts and their dated roles; every "days" in this package is relative to ``to``
   (negative: before). Persons with ``tour=True`` are the ones to print with a password on the local default;
   the others exist because they sent, verified or proposed something and need no password.
3. Registrations, categories, sessions, dossiers, then ``proposals.PROPOSALS`` step by step through the domain's actions
   with ``by=`` the step's username and ``now=`` ``at(to, step.days, step.time)`` (naive local time). A proposal's steps
   are in order of time; to keep the audit trail in order too, sort all proposals' steps by ``(days, time)`` first.
   Last year's campaign is closed on the 15th day after its end (-319 days), before its proposals begin (-318).
4. Years in texts: ``texts_year(text, to)`` fills ``{nam}`` (this year) and ``{nam_truoc}`` (last year).

Everything is invented. Where a figure is typical of a district of 2024 the source is the project's domain notes.
"""
